package fr.epiconcept.navette.broker.link;

/**
 * What a connection is for; the two needs exclude each other.
 *
 * @param consumerWindowBytes how much the broker sends ahead of what is processed: 0 for one
 *     message at a time, -1 for no limit
 * @param completions whether sends return at once and a {@link javax.jms.CompletionListener} tells
 *     that the message is durable. The broker then keeps the session of a client that vanished for
 *     15 s in case it comes back, and what that client had received is not given to anybody
 *     meanwhile: so never for a connection that consumes over a network.
 */
public record Tuning(int consumerWindowBytes, boolean completions) {
  /**
   * For consumers: what they held goes to another as soon as their socket is gone. A send returns
   * when the message is durable; in a transaction the commit does.
   *
   * @param consumerWindowBytes 0 if each message takes long and others could take the next
   */
  public static Tuning receiving(int consumerWindowBytes) {
    return new Tuning(consumerWindowBytes, false);
  }

  /** For senders without waiting, with completions; and for whatever lives with its broker. */
  public static Tuning sending() {
    return new Tuning(1 << 20, true);
  }
}
