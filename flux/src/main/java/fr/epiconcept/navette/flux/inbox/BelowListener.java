package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.inbox.Inbox.News;
import fr.epiconcept.navette.flux.watch.FolderWatcher;

/** Listens to a sub-folder of an inbox and passes on what happens there under its full name. */
final class BelowListener implements FolderWatcher.Listener {
  private final Inbox inbox;
  private final SubFolder folder;

  BelowListener(Inbox inbox, SubFolder folder) {
    this.inbox = inbox;
    this.folder = folder;
  }

  private void tell(FileName name, News news) {
    inbox.hint(new TreeName(folder, name), news);
  }

  @Override
  public void opened(FileName name) {
    tell(name, News.OPENED);
  }

  @Override
  public void closed(FileName name) {
    tell(name, News.CLOSED);
  }

  @Override
  public void movedIn(FileName name) {
    tell(name, News.MOVED);
  }

  @Override
  public void left(FileName name) {
    tell(name, News.LEFT);
  }

  @Override
  public void folderCame(FileName name, boolean moved) {
    tell(name, News.FOLDER);
  }

  @Override
  public void lost(String why) {
    inbox.listAll();
  }

  @Override
  public void folderGone() {
    // The folder above tells that, and of which name.
  }

  @Override
  public void folderBack() {
    inbox.listAll();
  }
}
