package fr.epiconcept.navette.broker.carry;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.carry.Cargo.Judgement;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Payload;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.inbox.Inbox;
import fr.epiconcept.navette.flux.log.FluxLogs;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.Session;

/** The outward half of a flux with a cargo that a test decides over, on real files and a broker. */
final class Outbound implements AutoCloseable, Cargo {
  /** Long enough to see that something rests. */
  static final Duration REST = Duration.ofMillis(500);

  final FluxName flux;
  final Path folder;
  final Inbox inbox;
  final Spool spool;
  final Departures departures;
  final List<Step> steps = new CopyOnWriteArrayList<>();
  final List<FileName> refused = new CopyOnWriteArrayList<>();
  volatile Judge judge = entry -> new Judgement.Good();
  volatile Refuse refuse = entry -> {};
  volatile String queue;
  volatile boolean room = true;
  volatile Checkpoint checkpoint = Checkpoint.NONE;

  private final FluxLogs logs = new FluxLogs();
  private final Path log;

  interface Judge {
    Judgement judge(Entry entry) throws IOException;
  }

  interface Refuse {
    void refuse(Entry entry) throws IOException;
  }

  Outbound(FluxName flux, Path root, Turns turns, ReadyRules.Marker marker) throws IOException {
    this(flux, root, root, turns, rules(marker, false), InstantSource.system(), 5_000);
  }

  /**
   * The departures of a flux.
   *
   * @param parent of the watched folder; all else stands in {@code root}
   */
  Outbound(
      FluxName flux,
      Path root,
      Path parent,
      Turns turns,
      ReadyRules rules,
      InstantSource clock,
      int mostWaiting)
      throws IOException {
    this.flux = flux;
    queue = Addresses.deposits(flux);
    folder = Files.createDirectories(parent.resolve(flux.value()));
    log = root.resolve(flux + ".log");
    Departures[] later = new Departures[1];
    inbox =
        new Inbox(
            folder,
            rules,
            System::nanoTime,
            () -> Optional.ofNullable(later[0]).ifPresent(Departures::wake));
    spool = new Spool(root.resolve(flux + "-spool"));
    departures =
        new Departures(
            flux,
            Optional.of(inbox),
            spool,
            this,
            logs.open(flux, log),
            new Departures.Shared(new FileIds(clock), bytes -> room, this::reached, turns),
            new Departures.Pace(mostWaiting, REST));
    later[0] = departures;
  }

  static ReadyRules rules(ReadyRules.Marker marker, boolean hash) {
    return new ReadyRules(
        Duration.ZERO,
        marker,
        hash,
        List.of(),
        List.of(),
        ReadyRules.EmptyFile.ACCEPT,
        Duration.ofDays(1));
  }

  private void reached(Step step, FileId id) {
    steps.add(step);
    checkpoint.reached(step, id);
  }

  long reached(Step step) {
    return steps.stream().filter(step::equals).count();
  }

  /** A partner renames a file into place. */
  void deposit(String name, byte[] content) throws IOException {
    depositUnseen(name, content);
    inbox.movedIn(FileName.of(name));
  }

  void deposit(String name) throws IOException {
    deposit(name, contentOf(name));
  }

  /** As {@link #deposit(String)}, but no event tells. */
  void depositUnseen(String name) throws IOException {
    depositUnseen(name, contentOf(name));
  }

  private void depositUnseen(String name, byte[] content) throws IOException {
    Path part = folder.resolve(name + ".part");
    Files.write(part, content);
    Files.move(part, folder.resolve(name));
  }

  private static byte[] contentOf(String name) {
    return ("content of " + name).getBytes(StandardCharsets.UTF_8);
  }

  int in(State state) {
    try {
      return spool.list(state).size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String log() throws IOException {
    return Files.exists(log) ? Files.readString(log) : "";
  }

  // --- the cargo ---

  @Override
  public String word(Milestone step) {
    return switch (step) {
      case FOUND -> "deposited";
      case CLAIMED -> "claimed";
      case PUBLISHED -> "published";
    };
  }

  @Override
  public String queue() {
    return queue;
  }

  @Override
  public Payload parcel(Entry entry, FileIdentity looks) {
    return new Deposit(
            flux,
            entry.id(),
            entry.name(),
            looks.size(),
            looks.modified().toInstant(),
            1,
            entry.related())
        .from(entry.from());
  }

  @Override
  public Optional<FileId> relatedTo(FileIdentity looks) {
    return Optional.empty();
  }

  @Override
  public Judgement judge(Entry entry) throws IOException {
    return judge.judge(entry);
  }

  @Override
  public void refuse(Entry entry, Judgement.Refused why) throws IOException {
    refuse.refuse(entry);
    refused.add(entry.name());
    spool.remove(entry);
  }

  @Override
  public void close() {
    departures.close();
    logs.close();
  }

  // --- the other end ---

  @SuppressWarnings("ArrayRecordComponent") // Nobody compares arrivals.
  record Arrival(FileId id, String name, byte[] content) {}

  /** Takes everything out of a flux's queue, in its order. */
  static List<Arrival> arrivals(EmbeddedBroker broker, FluxName flux) throws Exception {
    return arrivals(broker, Addresses.deposits(flux));
  }

  static List<Arrival> arrivals(EmbeddedBroker broker, String queue) throws Exception {
    List<Arrival> arrivals = new ArrayList<>();
    try (Connection connection = broker.inVm().open(Tuning.receiving(1 << 20))) {
      connection.start();
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
      for (Message message = consumer.receive(1_000);
          message != null;
          message = consumer.receive(300)) {
        arrivals.add(arrival(message));
      }
    }
    return arrivals;
  }

  private static Arrival arrival(Message message) throws Exception {
    Deposit deposit = (Deposit) Contract.read(message);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    Messages.savePayload(message, deposit.size(), content);
    return new Arrival(deposit.id(), deposit.path().toString(), content.toByteArray());
  }

  static Connection open(EmbeddedBroker broker) throws JMSException {
    Connection connection = broker.inVm().open(Tuning.sending());
    connection.start();
    return connection;
  }
}
