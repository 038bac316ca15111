package fr.epiconcept.navette.worker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.turn.Turns;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.jms.Connection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiptsTest {
  @TempDir Path root;
  private Home home;
  private final Turns turns = new Turns();
  private final AtomicLong now = new AtomicLong();
  private Receipts receipts;
  private final List<Connection> links = new ArrayList<>();
  private Deposit deposit;

  @BeforeEach
  void start() throws Exception {
    home = new Home(root);
    receipts = patient(Duration.ZERO);
    deposit = home.deposit("a", "x");
  }

  @AfterEach
  void stop() throws Exception {
    for (Connection link : links) {
      link.close();
    }
    receipts.close();
    turns.close();
    home.close();
  }

  private Receipts patient(Duration patience) {
    return new Receipts(Front.LABO, Home.ACCOUNT, turns, patience, now::get);
  }

  private void link() throws Exception {
    Connection connection = home.broker().inVm().open(Tuning.sending());
    links.add(connection);
    connection.start();
    receipts.linked(connection);
  }

  private void arrive(int many) {
    await().atMost(Home.PATIENCE).until(() -> home.receipts().size() == many);
    await()
        .during(Duration.ofMillis(300))
        .atMost(Home.PATIENCE)
        .until(() -> home.receipts().size() == many);
  }

  @Test
  void aReceiptLeavesWhereThereIsALink() throws Exception {
    link();
    receipts.send(deposit);
    arrive(1);
    assertEquals(
        List.of(new Receipt(Front.LABO, deposit.id(), Receipt.Of.DEPOSIT, 1, Home.ACCOUNT)),
        home.receipts());
  }

  @Test
  void aReceiptWithoutALinkKeepsNobodyWaitingAndLeavesWithTheNextLink() throws Exception {
    receipts.send(deposit);
    link();
    arrive(1);
  }

  @Test
  void whatTheBrokerHasIsNotSentOverTheNextLink() throws Exception {
    link();
    receipts.send(deposit);
    arrive(1);
    receipts.unlinked();
    link();
    arrive(1);
  }

  @Test
  void aReceiptWhoseOutcomeIsToldIsNeededNoMore() throws Exception {
    receipts.send(deposit);
    receipts.ended(deposit.id());
    link();
    arrive(0);
  }

  @Test
  void aDeadLinkIsNoFaultOfTheDeposit() throws Exception {
    link();
    links.get(0).close();
    receipts.send(deposit);
    receipts.unlinked();
    link();
    arrive(1);
  }

  @Test
  void aReceiptWaitsForItsOutcomeAndNoLonger() throws Exception {
    receipts = patient(Duration.ofMillis(100));
    link();
    Deposit quick = home.deposit("quick", "x");
    receipts.send(quick);
    receipts.send(deposit);
    // Our clock stands still: the turn comes and finds neither due.
    arrive(0);
    receipts.ended(quick.id());
    now.addAndGet(Duration.ofMillis(100).toNanos());
    arrive(1);
    assertEquals(deposit.id(), home.receipts().get(0).id());
  }

  @Test
  void ofALaterRoundTheFileServerIsToldAtOnce() throws Exception {
    receipts = patient(Duration.ofDays(1));
    link();
    receipts.send(
        new Deposit(
            deposit.flux(),
            deposit.id(),
            deposit.name(),
            deposit.size(),
            deposit.modified(),
            2,
            deposit.replayOf()));
    arrive(1);
  }
}
