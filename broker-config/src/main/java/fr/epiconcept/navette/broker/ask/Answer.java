package fr.epiconcept.navette.broker.ask;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.broker.ask.Letter.Answers;
import fr.epiconcept.navette.broker.ask.Letter.End;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.live.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * An answer that is being given: items become parts, and no more than the bounds allow. Safe for
 * several threads.
 */
final class Answer implements Reply {
  private final Sending sending;
  private final String queue;
  private final String number;
  private final Set<String> fluxes;
  private final Bounds bounds;

  // All guarded by this.
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream(1024);
  private int parts;
  private int items;
  private long bytes;
  private boolean ended;

  /**
   * Nothing said yet.
   *
   * @param fluxes about which it may speak
   */
  Answer(Sending sending, String queue, String number, Set<String> fluxes, Bounds bounds) {
    this.sending = sending;
    this.queue = queue;
    this.number = number;
    this.fluxes = fluxes;
    this.bounds = bounds;
  }

  /** There are more items than an answer may have. */
  static final class Full extends IOException {
    private static final long serialVersionUID = 1L;

    Full(String message) {
      super(message);
    }
  }

  @Override
  public synchronized void item(Object item) throws IOException {
    JsonNode tree = LiveJson.mapper().valueToTree(item);
    if (!isOfThese(tree)) {
      return;
    }
    byte[] json = LiveJson.mapper().writeValueAsBytes(tree);
    if (json.length > Bounds.ITEM) {
      throw new Full("something in the answer is too long to be sent; ask there");
    }
    if (items == bounds.items() || bytes + json.length + 1 > bounds.bytes()) {
      throw new Full("there are more than these " + items + "; ask there for the rest");
    }
    items++;
    bytes += json.length + 1;
    lines.writeBytes(json);
    lines.write('\n');
    if (lines.size() >= Bounds.PART) {
      send(Optional.empty());
    }
  }

  /** Whether every flux that it names, however deep, is one of those. */
  private boolean isOfThese(JsonNode tree) {
    JsonNode flux = tree.get("flux");
    if (flux != null && flux.isTextual() && !fluxes.contains(flux.asText())) {
      return false;
    }
    for (JsonNode each : tree) {
      if (each.isContainerNode() && !isOfThese(each)) {
        return false;
      }
    }
    return true;
  }

  /** Says what there is, or at least that it goes on. */
  synchronized void beat() throws IOException {
    if (!ended) {
      send(Optional.empty());
    }
  }

  /** The last word. Called once more it does nothing. */
  synchronized void end(End end) throws IOException {
    if (!ended) {
      ended = true;
      send(Optional.of(end));
    }
  }

  private void send(Optional<End> end) throws IOException {
    String part = lines.toString(UTF_8);
    lines.reset();
    sending.answer(queue, new Answers(number, parts++, part, end));
  }
}
