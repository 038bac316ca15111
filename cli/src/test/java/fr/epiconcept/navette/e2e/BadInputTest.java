package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.e2e.BadFile.End;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.log.OneLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a partner puts into his inbox goes over byte for byte, or stands in quarantine with a
 * reason, or is listed with the reason why it is left; and nothing of it stops what is good. All at
 * once, in two fluxes: one whose spool is beside the inbox, one whose spool is on another file
 * system, where a claim is a copy.
 */
@ExtendWith(TellsOnFailure.class)
class BadInputTest {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final String HERE = "here";
  private static final String ELSEWHERE = "elsewhere";
  private static final String GROWS = "grows";
  private static final String SWAPPED = "swapped";

  /** The answer is the file itself, under its own name. */
  private static final String SENDS_BACK =
      """
      cp -p -- "$NAVETTE_FILE" "$NAVETTE_OUT/$NAVETTE_NAME"
      """;

  private static final String SECRET = "the secret of somebody else";

  @TempDir static Path folder;
  private static Path memory;
  private static Path secret;
  private static TwoServers servers;
  private static List<BadFile> table;

  private static final List<Writer> WRITERS = new ArrayList<>();

  /** What {@code navette pending} said last, by flux: one answer does for many cases. */
  private static final Map<String, JsonNode> LISTED = new HashMap<>();

  /** As they were deposited, by flux and name. */
  private static final Map<String, Map<FileName, Before>> DEPOSITED = new HashMap<>();

  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Before(byte[] content, FileTime modified) {}

  private static Stream<String> fluxes(String here) {
    return memory == null ? Stream.of(here) : Stream.of(here, here + "-" + ELSEWHERE);
  }

  private static Flux flux(String name) {
    Flux flux = Flux.named(name).script(SENDS_BACK).worker("concurrency: 4");
    return name.endsWith(ELSEWHERE) ? flux.otherDisk(memory) : flux;
  }

  @BeforeAll
  static void depositAllAtOnce() throws Exception {
    secret = Files.writeString(folder.resolve("secret"), SECRET);
    memory = Files.isWritable(MEMORY) ? Files.createTempDirectory(MEMORY, "navette-test") : null;
    table = BadFiles.all(secret);
    List<Flux> all = new ArrayList<>();
    fluxes(HERE).map(BadInputTest::flux).map(BadInputTest::checked).forEach(all::add);
    fluxes(GROWS).map(BadInputTest::flux).forEach(all::add);
    fluxes(SWAPPED).map(BadInputTest::flux).forEach(all::add);
    servers = TwoServers.in(folder).with(all.toArray(Flux[]::new)).withoutPrivileges();
    servers.startBoth();
    for (String flux : fluxes(GROWS).toList()) {
      depositWhatGrows(servers.flux(flux));
    }
    for (String flux : fluxes(HERE).toList()) {
      depositAll(servers.flux(flux));
    }
    for (String flux : fluxes(SWAPPED).toList()) {
      depositWhatIsSwapped(servers.flux(flux));
    }
  }

  private static Flux checked(Flux flux) {
    return flux.check(BadFiles.CHECK.replace("SECRET", secret.toString()));
  }

  private static void depositAll(Flux flux) throws Exception {
    Path desk = Files.createDirectory(flux.inbox().resolveSibling("desk"));
    Map<FileName, Before> deposited = new HashMap<>();
    for (BadFile file : table) {
      Path place = file.name().in(desk);
      file.making().at(place);
      FileIdentity looks = FileIdentity.of(place);
      byte[] content = looks.isRegular() ? contentOf(place) : new byte[0];
      deposited.put(file.name(), new Before(content, looks.modified()));
    }
    DEPOSITED.put(flux.name(), deposited);
    for (BadFile file : table) {
      Path place = file.name().in(flux.inbox());
      Files.move(file.name().in(desk), place, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static byte[] contentOf(Path file) throws IOException {
    // Only root reads what nobody may.
    return Files.isReadable(file) ? Files.readAllBytes(file) : new byte[0];
  }

  @AfterAll
  static void stop() throws Exception {
    try {
      endWriters();
      servers.assertNeverRestarted();
    } finally {
      servers.close();
      removeLinks();
      if (memory != null) {
        Content.wipe(memory);
      }
    }
  }

  /** Those that lead out of the temporary folder: whoever clears it would warn of each. */
  private static void removeLinks() throws IOException {
    for (Path file : Content.files(folder)) {
      if (Files.isSymbolicLink(file)) {
        Files.delete(file);
      }
    }
  }

  // --- the table ---

  static Stream<Arguments> table() {
    return fluxes(HERE).flatMap(flux -> table.stream().map(file -> arguments(flux, file)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("table")
  void comesToItsEnd(String name, BadFile file) throws Exception {
    Flux flux = servers.flux(name);
    Before before = DEPOSITED.get(name).get(file.name());
    if (file.end() instanceof End.Transferred) {
      awaitAnswer(flux, file, before.content());
      for (Path archive : List.of(flux.archive(), flux.workerArchive())) {
        KeptFile kept = onlyKept(archive, file);
        assertEquals(
            before.modified(), Files.getLastModifiedTime(kept.file()), "its mtime in " + archive);
      }
      assertEquals(
          before.modified(), Files.getLastModifiedTime(file.name().in(flux.out())), "in out");
    } else if (file.end() instanceof End.TransferredAs as) {
      awaitAnswer(flux, file, as.content().getBytes(StandardCharsets.UTF_8));
    } else if (file.end() instanceof End.Quarantined quarantined) {
      awaitQuarantined(flux, file, quarantined.why());
    } else if (file.end() instanceof End.Waits waits) {
      awaitWaiting(flux, file, waits.why());
    }
  }

  private static void awaitAnswer(Flux flux, BadFile file, byte[] content) throws IOException {
    Path answer = file.name().in(flux.out());
    TwoServers.awaitThat(
        file.what() + " has come back",
        () -> Files.exists(answer) && KeptFile.in(flux.archive(), file.name()).size() == 1);
    assertArrayEquals(content, Files.readAllBytes(answer), "as the script had it");
    assertArrayEquals(content, Files.readAllBytes(onlyKept(flux.archive(), file).file()));
    assertArrayEquals(content, Files.readAllBytes(onlyKept(flux.workerArchive(), file).file()));
    isNowhereElse(flux, file, KeptFile.in(flux.quarantine(), file.name()));
  }

  private static KeptFile onlyKept(Path archive, BadFile file) throws IOException {
    List<KeptFile> kept = KeptFile.in(archive, file.name());
    assertEquals(1, kept.size(), () -> archive + " has it once: " + kept);
    return kept.get(0);
  }

  private static void isNowhereElse(Flux flux, BadFile file, List<KeptFile> elsewhere) {
    assertEquals(List.of(), elsewhere);
    assertFalse(Files.exists(file.name().in(flux.inbox()), LinkOption.NOFOLLOW_LINKS), "inbox");
  }

  private static void awaitQuarantined(Flux flux, BadFile file, String why) throws IOException {
    TwoServers.awaitThat(
        file.what() + " is set aside: " + why,
        () -> reasons(flux, file.name()).stream().anyMatch(reason -> reason.contains(why)));
    assertEquals(1, reasons(flux, file.name()).size(), "a reason");
    assertFalse(Files.exists(file.name().in(flux.out())), "it has come back");
    isNowhereElse(flux, file, KeptFile.in(flux.archive(), file.name()));
    assertEquals(List.of(), KeptFile.in(flux.workerArchive(), file.name()), "it went over");
    for (KeptFile kept : KeptFile.in(flux.quarantine(), file.name())) {
      if (Files.isRegularFile(kept.file(), LinkOption.NOFOLLOW_LINKS)) {
        byte[] content = DEPOSITED.get(flux.name()).get(file.name()).content();
        assertArrayEquals(content, Files.readAllBytes(kept.file()));
      }
    }
  }

  /** What stands in the reasons of all deposits of that name. */
  private static List<String> reasons(Flux flux, FileName name) throws IOException {
    List<String> reasons = new ArrayList<>();
    for (Path file : Content.files(flux.quarantine())) {
      if (file.getFileName().toString().matches("[0-9A-Z]{26}\\.reason\\.txt")) {
        String reason = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (reason.startsWith("flux-file: " + name.encoded() + "\n")) {
          reasons.add(reason);
        }
      }
    }
    return reasons;
  }

  private static void awaitWaiting(Flux flux, BadFile file, String why) {
    FileName name = nameIn(flux, file);
    TwoServers.awaitThat(
        file.what() + " is listed: " + why,
        () -> isListed(LISTED.get(flux.name()), name, why) || isListed(refresh(flux), name, why));
    assertFalse(Files.exists(file.name().in(flux.out())), "it has come back");
  }

  /** Where claims are copies, somebody's file of that name makes room for our folder. */
  private static FileName nameIn(Flux flux, BadFile file) {
    return file.name().equals(BadFiles.STAGING) && flux.name().endsWith(ELSEWHERE)
        ? file.name().numbered(2)
        : file.name();
  }

  private static boolean isListed(JsonNode pendingOrNull, FileName name, String why) {
    return pendingOrNull != null
        && whysOf(pendingOrNull, name).stream().anyMatch(said -> said.contains(why));
  }

  private static JsonNode refresh(Flux flux) throws Exception {
    JsonNode pending = pending(flux);
    LISTED.put(flux.name(), pending);
    return pending;
  }

  private static JsonNode pending(Flux flux) throws Exception {
    String config = servers.ingest().config().toString();
    String said =
        Tool.run(Tool.NAVETTE, "pending", flux.name(), "--json", "--limit", "0", "--config", config)
            .succeeded()
            .said();
    return LiveJson.mapper().readTree(said);
  }

  private static List<String> whysOf(JsonNode pending, FileName name) {
    List<String> whys = new ArrayList<>();
    for (JsonNode each : pending) {
      if (each.get("name").asText().equals(OneLine.of(name))) {
        whys.add(each.get("why").asText());
      }
    }
    return whys;
  }

  // --- who does not stop writing, and who swaps ---

  /** A writer that goes on through its open file, whatever the file is called by now. */
  private static final class Writer {
    private static final byte[] LINE = "and more\n".getBytes(StandardCharsets.US_ASCII);

    private final FileChannel channel;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    Writer(Path file, int size) throws IOException {
      channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      channel.write(ByteBuffer.wrap(new byte[size]));
      Future<?> unused = clock.scheduleAtFixedRate(this::write, 0, 1, TimeUnit.MILLISECONDS);
    }

    private void write() {
      try {
        channel.write(ByteBuffer.wrap(LINE));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void end() throws IOException, InterruptedException {
      clock.shutdown();
      assertTrue(clock.awaitTermination(10, TimeUnit.SECONDS), "the writer ends");
      channel.close();
    }
  }

  /** Far more than is read in a millisecond, and read in many pieces. */
  private static final int LARGE = 8 << 20;

  private static void depositWhatGrows(Flux flux) throws IOException {
    Path other = flux.inbox().resolveSibling("open");
    WRITERS.add(new Writer(other, LARGE));
    Path hidden = Files.createLink(flux.inbox().resolve(".grows"), other);
    Files.move(hidden, flux.inbox().resolve("grows"), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aFileThatGrowsAllTheTimeKeepsNobodyWaitingAndGoesWhenItIsWhole() throws Exception {
    List<Flux> all = fluxes(GROWS).map(servers::flux).toList();
    for (Flux flux : all) {
      TwoServers.awaitThat("it is taken", () -> !Files.exists(flux.inbox().resolve("grows")));
      servers.deposit(flux.name(), "behind", "behind it");
    }
    for (Flux flux : all) {
      TwoServers.awaitThat(
          "what came later passes", () -> Files.exists(flux.out().resolve("behind")));
      TwoServers.awaitThat(
          "it waits and says why",
          () -> isListed(pending(flux), FileName.of("grows"), " while it was "));
      assertFalse(Files.exists(flux.out().resolve("grows")), "it went though it grows");
    }
    endWriters();
    for (Flux flux : all) {
      TwoServers.awaitThat("it goes", () -> Files.exists(flux.out().resolve("grows")));
      servers
          .deposits()
          .remember(flux, "grows", Content.sha256(flux.inbox().resolveSibling("open")));
      awaitIdle(flux);
      Books.of(servers, flux.name()).inAnyOrder().answered("").balance();
      agree(flux);
    }
  }

  private static void endWriters() throws IOException, InterruptedException {
    for (Writer writer : WRITERS) {
      writer.end();
    }
  }

  private static void awaitIdle(Flux flux) {
    TwoServers.awaitThat(
        "nothing of " + flux.name() + " is under way",
        () ->
            Content.files(flux.spool().resolve("claimed")).isEmpty()
                && Content.files(flux.spool().resolve("published")).isEmpty()
                && Content.files(flux.spool().resolve("arrived")).isEmpty()
                && Content.files(flux.inbox()).isEmpty());
  }

  private static final String INNOCENT = "what the partner may send";
  private static final int NAMES = 10;

  private static void depositWhatIsSwapped(Flux flux) throws IOException {
    Path file = flux.inbox().resolveSibling("file");
    Path link = flux.inbox().resolveSibling("link");
    for (int name = 0; name < NAMES; name++) {
      for (int times = 0; times < 25; times++) {
        Files.createSymbolicLink(link, secret);
        Files.move(link, flux.inbox().resolve("x" + name), StandardCopyOption.ATOMIC_MOVE);
        Files.writeString(file, INNOCENT);
        Files.move(file, flux.inbox().resolve("x" + name), StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("fluxesThatAreSwapped")
  void whatIsSwappedForALinkAllTheTimeIsNeverWhatTheLinkLeadsTo(String name) throws Exception {
    Flux flux = servers.flux(name);
    awaitIdle(flux);
    Set<FileName> arrived = new HashSet<>();
    for (KeptFile kept : KeptFile.in(flux.workerArchive())) {
      assertEquals(INNOCENT, Files.readString(kept.file()));
      arrived.add(kept.name());
    }
    assertEquals(NAMES, arrived.size(), "the last of each name");
    for (KeptFile kept : KeptFile.in(flux.quarantine())) {
      assertTrue(Files.isSymbolicLink(kept.file()), () -> "only links: " + kept);
    }
    agree(flux);
  }

  static Stream<String> fluxesThatAreSwapped() {
    return fluxes(SWAPPED);
  }

  // --- and all the others go on ---

  @ParameterizedTest
  @MethodSource("fluxesOfTheTable")
  void whatIsGoodPassesAndTheRestIsListedAndTheBooksAgree(String name) throws Exception {
    Flux flux = servers.flux(name);
    servers.deposit(name, "good", "plain\ngood");
    TwoServers.awaitThat("it passes", () -> Files.exists(flux.out().resolve("good")));
    TwoServers.awaitThat("all others have ended", () -> left(flux).equals(waiting(flux)));
    Set<String> set = new TreeSet<>();
    for (JsonNode each : LISTED.get(name)) {
      if (each.get("place").asText().equals("QUARANTINE")) {
        set.add(each.get("name").asText());
      }
    }
    assertEquals(setAside(flux), set, "quarantine as it is listed");
    agree(flux);
  }

  static Stream<String> fluxesOfTheTable() {
    return fluxes(HERE);
  }

  private static Set<String> left(Flux flux) throws Exception {
    Set<String> left = new TreeSet<>();
    for (JsonNode each : refresh(flux)) {
      if (!each.get("place").asText().equals("QUARANTINE")) {
        left.add(each.get("name").asText());
      }
    }
    return left;
  }

  private static Set<String> waiting(Flux flux) {
    return table.stream()
        .filter(file -> file.end() instanceof End.Waits)
        .map(file -> OneLine.of(nameIn(flux, file)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * A link or a pipe has no bytes to bring to another file system: its reason is its trace. And an
   * empty folder is what stays when a person has taken out a file.
   */
  private static Set<String> setAside(Flux flux) {
    return table.stream()
        .filter(file -> file.end() instanceof End.Quarantined)
        .filter(file -> !flux.name().endsWith(ELSEWHERE) || file.end().toString().contains("check"))
        .map(file -> OneLine.of(file.name()))
        .filter(name -> !name.equals("becomes-a-folder"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void agree(Flux flux) throws Exception {
    Tool balance =
        Tool.run(
            Tool.NAVETTE,
            "balance",
            flux.name(),
            "--all",
            "--config",
            servers.ingest().config().toString());
    assertEquals(0, balance.exit(), balance.said());
    for (Path log : List.of(flux.ingestLog(), flux.workerLog())) {
      for (String line : Files.readAllLines(log)) {
        assertTrue(LogLine.parse(line).isPresent(), () -> "no line of ours: " + line);
      }
    }
    isNotTold(flux, SECRET);
  }

  /** Nothing of it is on the processing server, nor in what comes back. */
  private static void isNotTold(Flux flux, String text) throws IOException {
    List<Path> files = new ArrayList<>(Content.files(flux.storage()));
    files.addAll(Content.files(flux.workerArchive()));
    files.addAll(Content.files(flux.archive()));
    files.addAll(Content.files(flux.out()));
    for (Path file : files) {
      assertTrue(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS), () -> "no file: " + file);
      assertFalse(
          new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text),
          () -> "it went over: " + file);
    }
  }
}
