package io.jethproxy.fleet;

/**
 * Who a provider is, as configured; nothing here is secret.
 *
 * @param id the name in logs, metrics and answers; stable, without host or key
 * @param vendor lower case, such as {@code alchemy}; empty when not known
 * @param tier when it is asked
 * @param weight its share next to the others of its tier, 1 to 1000
 * @param broadcast whether it may be given transactions to publish
 * @param privateSends whether it may be given what must never reach a public provider
 * @param traced whether it is told which trace a request belongs to
 */
public record Identity(
    String id,
    String vendor,
    Tier tier,
    int weight,
    boolean broadcast,
    boolean privateSends,
    boolean traced) {

  /** One that is told of no trace. */
  public Identity(
      String id, String vendor, Tier tier, int weight, boolean broadcast, boolean privateSends) {
    this(id, vendor, tier, weight, broadcast, privateSends, false);
  }

  public Identity {
    if (id.isBlank()) {
      throw new IllegalArgumentException("provider id: blank (expected: a name)");
    }
    if (weight < 1 || weight > 1000) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: 1..1000)");
    }
  }
}
