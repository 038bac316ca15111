package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.watch.FolderWatcher;

/** Listens to the folder of an inbox's markers and passes on which deposit each belongs to. */
public final class MarkerWatch implements FolderWatcher.Listener {
  private final Inbox inbox;
  private final SubFolder beside;

  /** For the markers of deposits at the top. */
  public MarkerWatch(Inbox inbox) {
    this(inbox, SubFolder.TOP);
  }

  /** For those of deposits in a sub-folder. */
  MarkerWatch(Inbox inbox, SubFolder beside) {
    this.inbox = inbox;
    this.beside = beside;
  }

  @Override
  public void opened(FileName name) {
    inbox.companion(new TreeName(beside, name));
  }

  @Override
  public void closed(FileName name) {
    inbox.companion(new TreeName(beside, name));
  }

  @Override
  public void movedIn(FileName name) {
    inbox.companion(new TreeName(beside, name));
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
