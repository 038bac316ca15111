package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.FluxName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A flux on the file server. All paths are absolute and independent of each other.
 *
 * @param inbox where partners deposit
 * @param spool where a deposit stands from its claim to its receipt; best on the inbox's file
 *     system, where the claim is a rename; {@code <daemon's spool>/<flux>} when the file says none
 * @param archive where a deposit goes once it has arrived, below a folder for the day
 * @param quarantine where a deposit goes that the check refused or that is no regular file
 * @param out where acknowledgements are put; absent: the flux has none
 * @param ready when a deposit is taken
 * @param check a command that judges a claimed deposit; its words may hold {@code {file}}, {@code
 *     {name}}, {@code {subfolder}}, {@code {id}}, {@code {flux}}
 * @param checkTimeout how long the check may take (default 1 minute); longer counts as "not yet"
 * @param log the flux's log; {@code <logs>/<flux>.log} when the file says none
 * @param after fluxes of the same inbox that choose before this one
 * @param sftp what of it stands on a partner's SFTP server; {@code inbox} and {@code out} are then
 *     where files stand on their way from and to there
 * @param workers how several workers share it
 */
public record IngestSection(
    Path inbox,
    Path spool,
    Path archive,
    Path quarantine,
    Optional<FolderTarget> out,
    ReadyRules ready,
    Optional<List<String>> check,
    Duration checkTimeout,
    Path log,
    List<FluxName> after,
    Optional<SftpRules> sftp,
    SeveralWorkers workers) {
  public IngestSection {
    after = List.copyOf(after);
  }

  /** One with an inbox of its own. */
  public IngestSection(
      Path inbox,
      Path spool,
      Path archive,
      Path quarantine,
      Optional<FolderTarget> out,
      ReadyRules ready,
      Optional<List<String>> check,
      Duration checkTimeout,
      Path log) {
    this(
        inbox,
        spool,
        archive,
        quarantine,
        out,
        ready,
        check,
        checkTimeout,
        log,
        List.of(),
        Optional.empty(),
        SeveralWorkers.STANDARD);
  }

  /** Where the partner deposits, if that is on a server of its own. */
  public Optional<SftpPlace> inboxElsewhere() {
    return sftp.flatMap(SftpRules::inbox);
  }

  /** Where acknowledgements go in the end, if that is on a server of the partner's own. */
  public Optional<SftpPlace> outElsewhere() {
    return sftp.flatMap(SftpRules::out);
  }

  /** The same, beside others in its inbox. */
  IngestSection beside(List<ReadyRules.Neighbour> neighbours) {
    return new IngestSection(
        inbox,
        spool,
        archive,
        quarantine,
        out,
        ready.beside(neighbours),
        check,
        checkTimeout,
        log,
        after,
        sftp,
        workers);
  }
}
