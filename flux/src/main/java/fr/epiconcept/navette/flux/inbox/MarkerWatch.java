package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.watch.FolderWatcher;

/** Listens to the folder of an inbox's markers and passes on which deposit each belongs to. */
public final class MarkerWatch implements FolderWatcher.Listener {
  private final Inbox inbox;

  public MarkerWatch(Inbox inbox) {
    this.inbox = inbox;
  }

  @Override
  public void opened(FileName name) {
    inbox.companion(name);
  }

  @Override
  public void closed(FileName name) {
    inbox.companion(name);
  }

  @Override
  public void movedIn(FileName name) {
    inbox.companion(name);
  }

  @Override
  public void left(FileName name) {
    // A marker that went makes nothing ready.
  }

  @Override
  public void lost(String why) {
    inbox.listAll();
  }

  @Override
  public void folderGone() {
    // Without markers nothing becomes ready; the inbox itself is watched on its own.
  }

  @Override
  public void folderBack() {
    inbox.listAll();
  }
}
