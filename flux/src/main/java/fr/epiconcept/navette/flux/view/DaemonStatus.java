package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.config.Side;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a daemon does.
 *
 * @param side which of the two
 * @param host the machine's own name
 * @param version of Navette; absent where it was not built as a release is
 * @param pid its process
 * @param since when it started
 * @param stalled why it makes no progress at all; absent: it does
 * @param broker the broker that it embeds: the file server's daemon only
 * @param links those of workers to this file server by account, or of this worker to its file
 *     servers by name
 */
public record DaemonStatus(
    Side side,
    String host,
    Optional<String> version,
    long pid,
    Instant since,
    Optional<String> stalled,
    Optional<BrokerStatus> broker,
    List<LinkStatus> links) {
  public DaemonStatus {
    links = List.copyOf(links);
  }

  /** The same without the links of other accounts. */
  public DaemonStatus asSeenBy(String account) {
    return new DaemonStatus(
        side,
        host,
        version,
        pid,
        since,
        stalled,
        broker,
        links.stream().filter(link -> link.to().equals(account)).toList());
  }

  /**
   * The embedded broker.
   *
   * @param active whether it serves
   * @param listening where workers reach it
   * @param freeBytes on the disk of its data, as far as this user may write; absent: not known
   * @param minFreeBytes that stay free there
   * @param hasRoom whether files are published: false while the disk is too short for that
   * @param journalDamaged whether this start found journal files that it could not read; what they
   *     held was sent again
   * @param certificate what it shows to workers; absent without TLS
   */
  public record BrokerStatus(
      boolean active,
      String listening,
      Optional<Long> freeBytes,
      long minFreeBytes,
      boolean hasRoom,
      boolean journalDamaged,
      Optional<CertificateStatus> certificate) {}

  /**
   * The certificate on disk.
   *
   * @param file where it stands
   * @param daysLeft whole days: 0 on its last one, negative once it has ended; absent: not known
   * @param fault why that is not known
   */
  public record CertificateStatus(String file, Optional<Long> daysLeft, Optional<String> fault) {}

  /**
   * A link.
   *
   * @param to the account of a worker, or the name of a file server
   * @param address of the file server; absent where workers come to us
   * @param up whether it stands, in all its parts
   * @param since when it became so, where that is known
   * @param why it is down
   * @param fluxes that the account may serve; empty for a file server
   */
  public record LinkStatus(
      String to,
      Optional<String> address,
      boolean up,
      Optional<Instant> since,
      Optional<String> why,
      List<String> fluxes) {
    public LinkStatus {
      fluxes = List.copyOf(fluxes);
    }
  }
}
