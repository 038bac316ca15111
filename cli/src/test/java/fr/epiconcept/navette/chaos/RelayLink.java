package fr.epiconcept.navette.chaos;

import fr.epiconcept.navette.e2e.Relay;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A relay on the loopback: needs nothing, and decides for each side alone what it sees. */
final class RelayLink implements Link {
  private final Relay relay;

  RelayLink(int port) throws IOException {
    relay = new Relay(port);
  }

  @Override
  public String words() {
    return "a relay on the loopback, without TLS";
  }

  @Override
  public String host() {
    return "127.0.0.1";
  }

  @Override
  public boolean hasTls() {
    return false;
  }

  @Override
  public String url(int port) {
    return "tcp://127.0.0.1:" + relay.port();
  }

  @Override
  public List<String> workerBehind() {
    return List.of();
  }

  @Override
  public boolean cut() {
    relay.refuse();
    return true;
  }

  @Override
  public boolean cutForWorkerOnly() {
    relay.cutForWorkerOnly();
    return true;
  }

  @Override
  public boolean silence() {
    relay.silence();
    return true;
  }

  @Override
  public boolean slow(int dose) {
    relay.delay(Duration.ofMillis(1 + dose));
    return true;
  }

  @Override
  public void join() {
    relay.speakAgain();
  }

  @Override
  public void quick() {
    relay.delay(Duration.ZERO);
  }

  @Override
  public void close() {
    relay.close();
  }
}
