package fr.epiconcept.navette.broker;

import static fr.epiconcept.navette.broker.Site.LABO;
import static fr.epiconcept.navette.broker.Site.RADIO;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.broker.link.BrokerConnections;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.flux.linux.Libc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.JMSSecurityException;
import javax.jms.MessageConsumer;
import javax.jms.QueueRequestor;
import javax.jms.QueueSession;
import javax.jms.Session;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.apache.activemq.artemis.jms.client.ActiveMQQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountsTest {
  private static final Tuning ONE = Tuning.receiving(0);

  @TempDir static Path root;
  private static Site site;
  private static EmbeddedBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    site = new Site(root).withWorker();
    site.accounts().addAdmin("boss", "root of all".toCharArray());
    broker = site.start();
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private static Connection open(String account, String password) throws JMSException {
    return BrokerConnections.to(site.access(broker.listening(), account, password)).open(ONE);
  }

  @Test
  void theFirstAccountIsReadByTheGroupOfTheFolderAboveToo() throws Exception {
    Path etc = Files.createDirectory(root.resolve("etc-of-another-group"));
    GroupPrincipal daemon =
        etc.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName("nogroup");
    assumeTrue(Libc.geteuid() == 0, "only root gives folders to any group");
    Files.getFileAttributeView(etc, PosixFileAttributeView.class).setGroup(daemon);

    Path folder = etc.resolve("accounts");
    new Accounts(folder).add("w9", Set.of(LABO), "secret nine".toCharArray());

    for (Path each : List.of(folder, folder.resolve("artemis-users.properties"))) {
      assertEquals(daemon, Files.readAttributes(each, PosixFileAttributes.class).group());
    }
    assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
  }

  @Test
  void letsAWorkerReadItsDepositsAndAnswer() throws Exception {
    Site.sendFromWithin(broker, Addresses.deposits(LABO), "deposit");
    try (Connection worker = open("w1", "secret one")) {
      assertNotNull(Site.take(worker, Addresses.deposits(LABO)));
      Site.send(worker, Addresses.returns(LABO), "receipt");
    }
    try (Connection inside = broker.inVm().open(ONE)) {
      assertEquals(
          "w1",
          Site.take(inside, Addresses.returns(LABO)).getStringProperty("_AMQ_VALIDATED_USER"));
    }
  }

  @Test
  void letsAWorkerReadItsReceiptsOnly() throws Exception {
    site.accounts().add("w2", Set.of(RADIO), "secret two".toCharArray());
    Site.sendFromWithin(broker, Addresses.worker("w1"), "receipt");
    try (Connection first = open("w1", "secret one");
        Connection second = open("w2", "secret two")) {
      assertThrows(JMSSecurityException.class, () -> Site.take(second, Addresses.worker("w1")));
      assertNotNull(Site.take(first, Addresses.worker("w1")));
      assertThrows(
          JMSSecurityException.class, () -> Site.send(first, Addresses.worker("w1"), "forged"));
    }
  }

  @Test
  void refusesWrongPasswordsAndUnknownNames() {
    JMSException wrong = assertThrows(JMSSecurityException.class, () -> open("w1", "secret ONE"));
    assertTrue(
        wrong.getMessage().contains("the login of account 'w1' was refused"), wrong::getMessage);
    assertThrows(JMSSecurityException.class, () -> open("w9", "secret one"));
    // Not even asked: an empty password file is no secret.
    assertThrows(JMSException.class, () -> open("w1", ""));
  }

  @Test
  void keepsAWorkerOutOfOtherFluxes() throws Exception {
    try (Connection worker = open("w1", "secret one")) {
      for (String queue :
          List.of(
              Addresses.deposits(RADIO),
              Addresses.returns(RADIO),
              Addresses.dead(RADIO),
              Addresses.dead(LABO),
              Addresses.returns(LABO),
              Addresses.IDENTITY,
              "navette.lost")) {
        assertThrows(JMSSecurityException.class, () -> Site.take(worker, queue), queue);
      }
      for (String queue :
          List.of(
              Addresses.deposits(RADIO),
              Addresses.returns(RADIO),
              Addresses.dead(LABO),
              Addresses.deposits(LABO),
              Addresses.IDENTITY)) {
        assertThrows(JMSSecurityException.class, () -> Site.send(worker, queue, "x"), queue);
      }
      for (String queue : List.of(Addresses.deposits(RADIO), Addresses.returns(LABO))) {
        assertThrows(JMSSecurityException.class, () -> browse(worker, queue), queue);
      }
    }
  }

  private static boolean browse(Connection connection, String queue) throws JMSException {
    try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      return session.createBrowser(session.createQueue(queue)).getEnumeration().hasMoreElements();
    }
  }

  @Test
  void makesNoQueueForAStranger() throws Exception {
    try (Connection worker = open("w1", "secret one")) {
      assertThrows(JMSException.class, () -> Site.send(worker, "flux.nobody", "x"));
      assertThrows(JMSException.class, () -> Site.take(worker, "flux.nobody"));
      try (Session session = worker.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
        assertThrows(JMSException.class, session::createTemporaryQueue);
      }
    }
    // Ingest may do anything, but a mistyped name is an error for it too.
    assertThrows(JMSException.class, () -> Site.sendFromWithin(broker, "flux.mistyped", "x"));
  }

  @Test
  void letsOnlyAdministratorsManage() throws Exception {
    try (Connection boss = open("boss", "root of all")) {
      assertEquals(true, ask(boss));
    }
    try (Connection worker = open("w1", "secret one")) {
      assertThrows(JMSException.class, () -> ask(worker));
      assertThrows(JMSSecurityException.class, () -> Site.send(worker, "activemq.management", "x"));
    }
  }

  private static Object ask(Connection connection) throws Exception {
    connection.start();
    QueueSession session =
        ((ActiveMQConnection) connection).createQueueSession(false, Session.AUTO_ACKNOWLEDGE);
    QueueRequestor requestor =
        new QueueRequestor(session, new ActiveMQQueue("activemq.management"));
    javax.jms.Message question = session.createMessage();
    JMSManagementHelper.putAttribute(question, "broker", "started");
    return JMSManagementHelper.getResult(requestor.request(question));
  }

  @Test
  void refusesIngestsOwnNameFromOutside() {
    assertThrows(JMSSecurityException.class, () -> open(InternalAccount.NAME, "a guess"));
  }

  @Test
  void refusesIngestsOwnTokenFromOutside(@TempDir Path other) throws Exception {
    InternalAccount internal = new InternalAccount();
    Site second = new Site(other);
    try (EmbeddedBroker alone =
        EmbeddedBroker.start(second.plain(0), Site.fluxes(), BeforeListening.NOTHING, internal)) {
      BrokerConnections thief =
          BrokerConnections.to(
              second.access(alone.listening(), InternalAccount.NAME, internal.token()));
      assertThrows(JMSSecurityException.class, () -> thief.open(ONE));
      alone.inVm().open(ONE).close();
    }
  }

  @Test
  void seesChangedAccountsWithoutARestart() throws Exception {
    site.accounts().add("w3", Set.of(), "secret three".toCharArray());
    site.accounts().add("w4", Set.of(), "secret four".toCharArray());
    open("w4", "secret four").close();
    try (Connection worker = open("w3", "secret three")) {
      assertThrows(JMSSecurityException.class, () -> Site.take(worker, Addresses.deposits(RADIO)));
    }
    // Both at once, for the broker looks again after 10 s only.
    site.accounts().reassign("w3", none -> Set.of(RADIO));
    assertTrue(site.accounts().remove("w4"));
    Site.sendFromWithin(broker, Addresses.worker("w3"), "its queue was made when it logged in");
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptionsInstanceOf(JMSSecurityException.class)
        .untilAsserted(
            () -> {
              try (Connection worker = open("w3", "secret three")) {
                Site.take(worker, Addresses.deposits(RADIO));
              }
            });
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () ->
                assertThrows(JMSSecurityException.class, () -> open("w4", "secret four").close()));
  }

  private static void awaitThat(String what, java.util.concurrent.Callable<Boolean> holds) {
    await(what).atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(200)).until(holds);
  }

  private static boolean opens(String account, String password) throws JMSException {
    try (Connection opened = open(account, password)) {
      return opened != null;
    } catch (JMSSecurityException refused) {
      return false;
    }
  }

  @Test
  void closesTheLinksOfAnAccountThatIsRemovedAndOfNoOther() throws Exception {
    site.accounts().add("leaves", Set.of(LABO), "secret five".toCharArray());
    CountDownLatch closed = new CountDownLatch(1);
    CountDownLatch other = new CountDownLatch(1);
    try (Connection stays = open("w1", "secret one");
        Connection leaves = open("leaves", "secret five")) {
      stays.setExceptionListener(e -> other.countDown());
      leaves.setExceptionListener(e -> closed.countDown());
      assertTrue(site.accounts().remove("leaves"));
      assertTrue(closed.await(20, TimeUnit.SECONDS));
      // At once: the broker's memory of ten seconds does not let it in again.
      assertFalse(opens("leaves", "secret five"));
      assertEquals(1, other.getCount());
      Site.take(stays, Addresses.deposits(LABO));
    }
  }

  @Test
  void closesTheLinksOfAnAccountThatLosesAFluxAndLetsItComeBack() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    site.accounts().add("less", Set.of(LABO, RADIO), "secret six".toCharArray());
    // Not by the log: other classes' brokers write to it too.
    awaitThat("the broker knows it", () -> broker.mayTake(RADIO).contains("less"));
    try (Connection link = open("less", "secret six")) {
      link.setExceptionListener(e -> closed.countDown());
      site.accounts().reassign("less", old -> Set.of(LABO));
      assertTrue(closed.await(20, TimeUnit.SECONDS));
    }
    try (Connection back = open("less", "secret six")) {
      Site.take(back, Addresses.deposits(LABO));
      assertThrows(JMSSecurityException.class, () -> Site.take(back, Addresses.deposits(RADIO)));
    }
  }

  @Test
  void refusesTheOldPasswordAfterARotationAndLeavesOpenLinks() throws Exception {
    site.accounts().add("turns", Set.of(LABO), "old secret".toCharArray());
    try (Connection link = open("turns", "old secret");
        Session session = link.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer =
            session.createConsumer(session.createQueue(Addresses.worker("turns")))) {
      link.start();
      assertTrue(site.accounts().rotate("turns", "new secret".toCharArray()));
      awaitThat("the old password is refused", () -> !opens("turns", "old secret"));
      awaitThat("the new one is good", () -> opens("turns", "new secret"));
      Site.sendFromWithin(broker, Addresses.worker("turns"), "under way");
      assertNotNull(consumer.receive(10_000));
    }
    assertFalse(site.accounts().rotate("nobody", "new secret".toCharArray()));
  }

  @Test
  void losesNoneOfTheChangesThatManyMakeAtOnce(@TempDir Path folder) throws Exception {
    ExecutorService many = Executors.newFixedThreadPool(8);
    try {
      List<Future<Boolean>> all =
          IntStream.range(0, 24)
              .mapToObj(
                  i ->
                      many.submit(
                          () ->
                              new Accounts(folder)
                                  .add("w" + i, Set.of(LABO), "secret".toCharArray())))
              .toList();
      for (Future<Boolean> each : all) {
        assertTrue(each.get(60, TimeUnit.SECONDS));
      }
    } finally {
      many.shutdownNow();
    }
    assertEquals(24, new Accounts(folder).list().size());
    assertTrue(new Accounts(folder).list().stream().allMatch(a -> a.fluxes().equals(Set.of(LABO))));
  }

  @Test
  void keepsNoPasswordAndNoOpenMode(@TempDir Path folder) throws Exception {
    Accounts accounts = new Accounts(folder);
    accounts.add("w1", Set.of(LABO, RADIO), "plain text".toCharArray());
    accounts.addAdmin("boss", "plain text".toCharArray());
    for (String file : List.of(Accounts.USERS, Accounts.ROLES)) {
      assertFalse(Files.readString(folder.resolve(file)).contains("plain text"));
      assertEquals(
          "rw-r-----",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file))));
    }
    assertEquals(
        List.of(new Account("boss", Set.of(), true), new Account("w1", Set.of(LABO, RADIO), false)),
        accounts.list());
    assertFalse(accounts.add("w1", Set.of(LABO), "other".toCharArray()));
    assertEquals(Set.of(LABO, RADIO), accounts.list().get(1).fluxes());
    accounts.reassign("w1", old -> Set.of(LABO));
    assertEquals(new Account("w1", Set.of(LABO), false), accounts.list().get(1));
    assertTrue(accounts.remove("w1"));
    assertFalse(accounts.remove("w1"));
    assertFalse(Files.readString(folder.resolve(Accounts.ROLES)).contains("w1"));
    assertThrows(
        IllegalArgumentException.class, () -> accounts.add("a.b", Set.of(), "x".toCharArray()));
    assertThrows(IllegalArgumentException.class, () -> accounts.add("ab", Set.of(), new char[0]));
  }

  @Test
  void aFileInAnotherEncodingIsRefusedByName(@TempDir Path folder) throws Exception {
    Files.write(folder.resolve(Accounts.USERS), new byte[] {'w', (byte) 0xE9, '=', 'x'});
    IOException refused = assertThrows(IOException.class, () -> new Accounts(folder).list());
    assertTrue(refused.getMessage().contains(Accounts.USERS), refused.getMessage());
  }
}
