package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.broker.BrokerRefused;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.LiveSocket;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import fr.epiconcept.navette.ingest.IngestDaemon;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The file server's daemon, for whoever runs it. */
final class IngestRun implements Daemon {
  private final Path config;
  private final Checkpoint checkpoint;
  private volatile IngestDaemon ingest;
  private Reload reload;
  private Optional<LiveSocket> live = Optional.empty();

  IngestRun(Path config, Checkpoint checkpoint) {
    this.config = config;
    this.checkpoint = checkpoint;
  }

  @Override
  public String name() {
    return "ingest";
  }

  @Override
  public void start(Desk.Clerk clerk) throws IOException {
    Setting setting = Setting.of(config, Side.INGEST);
    try {
      ingest =
          IngestDaemon.start(
              setting.daemon().ingest().orElseThrow(),
              setting.configuration().fluxes(),
              setting.daemon().alerts(),
              checkpoint);
      reload = new Reload(config, Side.INGEST, setting, ingest);
      ingest.desk().on("reload", clerk).on("configuration", reload::configuration);
      live = Live.open(setting.daemon().run(), Side.INGEST, ingest.desk());
    } catch (BrokerRefused e) {
      throw new CommandFailed(ExitCode.FAILED, e.getMessage());
    }
  }

  @Override
  public void reload(Reply done) throws Refusal, IOException, InterruptedException {
    reload.take(done);
  }

  @Override
  public void tryAgain() throws InterruptedException {
    reload.tryAgain();
  }

  @Override
  public CompletionStage<Void> ended() {
    return ingest.ended();
  }

  @Override
  public boolean isProgressing() {
    return ingest != null && ingest.isProgressing();
  }

  @Override
  public Duration stopLimit() {
    return Duration.ofSeconds(60);
  }

  @Override
  public void stop() {
    live.ifPresent(LiveSocket::close);
    ingest.close();
  }
}
