package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lists the first files of each flux and place, and counts the others. */
public final class Limited implements Listing {
  private final int limit;
  private final Listing to;
  private final Map<String, Integer> listed = new TreeMap<>();
  private final Map<String, More> others = new TreeMap<>();

  /**
   * A listing before {@code to}.
   *
   * @param limit how many of each flux and place; 0: all
   */
  public Limited(int limit, Listing to) {
    this.limit = limit;
    this.to = to;
  }

  @Override
  public void waiting(Waiting file) throws IOException {
    String key = file.flux() + " " + file.place();
    if (limit == 0 || listed.merge(key, 1, Integer::sum) <= limit) {
      to.waiting(file);
    } else {
      others.merge(key, new More(file.flux(), file.place(), 1, file.since()), Limited::sum);
    }
  }

  private static More sum(More one, More other) {
    boolean first = one.oldest().isBefore(other.oldest());
    return new More(
        one.flux(), one.place(), one.more() + other.more(), first ? one.oldest() : other.oldest());
  }

  @Override
  public void unseen(FluxName flux, String why) throws IOException {
    to.unseen(flux, why);
  }

  /** The others. */
  public List<More> others() {
    return new ArrayList<>(others.values());
  }
}
