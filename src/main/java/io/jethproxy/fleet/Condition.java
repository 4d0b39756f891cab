package io.jethproxy.fleet;

import org.jspecify.annotations.Nullable;

/**
 * The state of a provider as a whole, brought up to date whenever something is learned or asked.
 * Guarded by the provider's lock, save {@link #isCalm} and {@link #isTrusted}.
 */
final class Condition {

  /** It changed; the cause is the label of a trouble, or empty. */
  record Change(Reason from, Reason to, String cause) {}

  private final Health health;
  private final Speeds speeds;
  private Reason reason = Reason.UNIDENTIFIED;
  private long sinceNanos;
  private volatile boolean calm;
  private volatile boolean trusted;

  Condition(Health health, Speeds speeds, long nowNanos) {
    this.health = health;
    this.speeds = speeds;
    sinceNanos = nowNanos;
  }

  /** Brings it up to date; returns what is to be told, if anything. */
  @Nullable Change settle(long nowNanos) {
    Reason next = health.condition(nowNanos);
    calm = health.isCalm(nowNanos);
    trusted = health.isIdentified();
    if (next == reason) {
      return null;
    }
    Change change = new Change(reason, next, health.cause());
    if (reason == Reason.EJECTED) {
      speeds.forgive();
    }
    reason = next;
    sinceNanos = nowNanos;
    return change;
  }

  /** Whether nothing at all was held against the provider when it was last settled. */
  boolean isCalm() {
    return calm;
  }

  /** Whether its chain is proven. */
  boolean isTrusted() {
    return trusted;
  }

  Reason reason() {
    return reason;
  }

  /** For how long it has been so. */
  long millis(long nowNanos) {
    return (nowNanos - sinceNanos) / 1_000_000;
  }
}
