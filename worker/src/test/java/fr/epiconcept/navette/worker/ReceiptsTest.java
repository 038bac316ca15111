package fr.epiconcept.navette.worker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.jms.Connection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiptsTest {
  @TempDir Path root;
  private Home home;
  private final Receipts receipts = new Receipts(Front.LABO, Home.ACCOUNT);
  private final List<Connection> links = new ArrayList<>();
  private Deposit deposit;

  @BeforeEach
  void start() throws Exception {
    home = new Home(root);
    deposit = home.deposit("a", "x");
  }

  @AfterEach
  void stop() throws Exception {
    for (Connection link : links) {
      link.close();
    }
    home.close();
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
  void aReceiptLeavesAtOnceWhereThereIsALink() throws Exception {
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
}
