package fr.epiconcept.navette.flux.watch;

import fr.epiconcept.navette.flux.FileName;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One path that somebody watches: how it stands, and what its listener is told. */
final class WatchedFolder implements FolderWatcher.Watch {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedFolder.class);

  private final Path path;
  private final FolderWatcher.Listener listener;
  private final Consumer<WatchedFolder> onClose;
  private volatile Link link;
  private volatile boolean closed;

  /** When to look again, by {@code System.nanoTime()}. */
  private volatile long nextLook;

  WatchedFolder(
      Path path, Link first, FolderWatcher.Listener listener, Consumer<WatchedFolder> onClose) {
    this.path = path;
    this.link = first;
    this.listener = listener;
    this.onClose = onClose;
  }

  Path path() {
    return path;
  }

  Link link() {
    return link;
  }

  void link(Link now) {
    link = now;
  }

  long nextLook() {
    return nextLook;
  }

  void nextLook(long nanoTime) {
    nextLook = nanoTime;
  }

  boolean isAttachedTo(int watch) {
    return link instanceof Link.Attached attached && attached.watch() == watch;
  }

  @Override
  public boolean isPolling() {
    return link instanceof Link.Polled;
  }

  @Override
  public String whyPolling() {
    return link instanceof Link.Polled polled ? polled.why() : "";
  }

  @Override
  public void close() {
    closed = true;
    onClose.accept(this);
  }

  boolean isClosed() {
    return closed;
  }

  /** Passes one event on. */
  void tell(Inotify.Event event) {
    if (event.name().isEmpty()) {
      return;
    }
    FileName name = event.name().get();
    if (event.is(Inotify.OF_FOLDER) && event.is(Inotify.CREATE | Inotify.MOVED_TO)) {
      tell(() -> listener.folderCame(name, event.is(Inotify.MOVED_TO)));
    } else if (event.is(Inotify.CREATE)) {
      tell(() -> listener.opened(name));
    } else if (event.is(Inotify.CLOSE_WRITE)) {
      tell(() -> listener.closed(name));
    } else if (event.is(Inotify.MOVED_TO)) {
      tell(() -> listener.movedIn(name));
    } else if (event.is(Inotify.DELETE | Inotify.MOVED_FROM)) {
      tell(() -> listener.left(name));
    }
  }

  /** Tells that the path stands otherwise than before; the two may be equal. */
  void tellChange(Link before, Link now) {
    if (before.equals(now) || (!before.isThere() && !now.isThere())) {
      return;
    }
    boolean otherFolder = before instanceof Link.Attached && now instanceof Link.Attached;
    if (otherFolder || !now.isThere()) {
      tellGone(now);
    }
    if (otherFolder || !before.isThere()) {
      LOG.info("{}: the folder is back", path);
      tell(listener::folderBack);
      tellLost("the folder is back");
    } else if (now instanceof Link.Polled polled) {
      tellLost("no events from now on: " + polled.why());
    } else if (now.isThere()) {
      tellLost("the kernel tells events from now on");
    }
  }

  /** Tells that there is no folder, or was none for a moment. */
  void tellGone(Link now) {
    String why = now instanceof Link.Missing missing ? missing.why() : "replaced by another one";
    LOG.warn("{}: the folder is gone ({}); looked for again and again", path, why);
    tell(listener::folderGone);
  }

  void tellLost(String why) {
    tell(() -> listener.lost(why));
  }

  // One listener's fault is not the other fluxes'.
  private void tell(Runnable call) {
    if (closed) {
      return;
    }
    try {
      call.run();
    } catch (RuntimeException | Error fault) {
      LOG.error("{}: a listener failed; a rescan will find what it missed", path, fault);
    }
  }
}
