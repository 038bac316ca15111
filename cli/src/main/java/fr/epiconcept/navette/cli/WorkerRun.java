package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.LiveSocket;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import fr.epiconcept.navette.worker.WorkerDaemon;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The processing server's daemon, for whoever runs it. */
final class WorkerRun implements Daemon {
  private final Path config;
  private final Checkpoint checkpoint;
  private volatile WorkerDaemon worker;
  private Reload reload;
  private Optional<LiveSocket> live = Optional.empty();

  WorkerRun(Path config, Checkpoint checkpoint) {
    this.config = config;
    this.checkpoint = checkpoint;
  }

  @Override
  public String name() {
    return "worker";
  }

  @Override
  public void start(Desk.Clerk clerk) throws IOException {
    Setting setting = Setting.of(config, Side.WORKER);
    worker =
        WorkerDaemon.start(
            setting.daemon().worker().orElseThrow(),
            setting.daemon().run(),
            setting.configuration().fluxes(),
            setting.daemon().alerts(),
            checkpoint);
    reload = new Reload(config, Side.WORKER, setting, worker);
    worker.desk().on("reload", clerk).on("configuration", reload::configuration);
    live = Live.open(setting.daemon().run(), Side.WORKER, worker.desk());
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
    return new CompletableFuture<>();
  }

  @Override
  public boolean isProgressing() {
    return worker != null && worker.isProgressing();
  }

  @Override
  public Duration stopLimit() {
    return worker == null ? Duration.ofSeconds(60) : worker.stopLimit();
  }

  @Override
  public void stop() {
    live.ifPresent(LiveSocket::close);
    worker.close();
  }
}
