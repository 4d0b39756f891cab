package io.jethproxy.dispatch;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Ticker;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds further attempts by a share of the calls: each call earns a fraction of a try, each try
 * spends a whole one, and what is not spent fades.
 *
 * <p>A count of retries per call multiplies the load just when everything fails; a share of the
 * calls cannot (Finagle's RetryBudget). The balance fades with a time constant instead of expiring
 * in slices, so that at a steady rate it settles at {@code ratio × rate × ttl}, plus the floor's
 * part. Earning, once per call on every loop, is one add; the rest is done when a try is wanted.
 */
public final class RetryBudget {

  /**
   * How much may be spent.
   *
   * @param ratio tries earned by a call, 0 to 1
   * @param floorPerSecond tries earned by time alone, so that a quiet gateway can retry at all
   * @param ttlMillis the time constant with which savings fade
   */
  public record Config(double ratio, double floorPerSecond, int ttlMillis) {

    /** For attempts after a failure. */
    public static final Config RETRIES = new Config(0.2, 10, 10_000);

    /** For second attempts while the first is pending. */
    public static final Config HEDGES = new Config(0.05, 0.5, 10_000);

    /** For questions again while providers catch up; many calls may wait for one new block. */
    public static final Config CATCH_UPS = new Config(1, 20, 10_000);

    public Config {
      if (!(ratio >= 0 && ratio <= 1)) {
        throw new IllegalArgumentException("ratio: " + ratio + " (expected: 0..1)");
      }
      if (!(floorPerSecond >= 0)) {
        throw new IllegalArgumentException(
            "floorPerSecond: " + floorPerSecond + " (expected: >= 0)");
      }
      if (ttlMillis <= 0) {
        throw new IllegalArgumentException("ttlMillis: " + ttlMillis + " (expected: > 0)");
      }
    }
  }

  private final Config config;
  private final Ticker ticker;
  private final double ttlNanos;
  private final LongAdder calls = new LongAdder();

  private double balance;
  private long settledCalls;
  private long settledNanos;

  public RetryBudget(Config config, Ticker ticker) {
    this.config = config;
    this.ticker = ticker;
    ttlNanos = MILLISECONDS.toNanos(config.ttlMillis());
    settledNanos = ticker.nanos();
    balance = config.floorPerSecond() * config.ttlMillis() / 1_000;
  }

  /** A call came in. */
  public void earn() {
    calls.increment();
  }

  /** Takes leave for one more attempt; false when there is none to take. */
  public synchronized boolean take() {
    settle();
    if (balance < 1) {
      return false;
    }
    balance -= 1;
    return true;
  }

  /** The tries that could be taken now. */
  public synchronized double balance() {
    settle();
    return balance;
  }

  /** Fades the balance and adds what came in since, as if it had come in evenly. */
  private void settle() {
    long now = ticker.nanos();
    long sum = calls.sum();
    double elapsed = now - settledNanos;
    double kept = Math.exp(-elapsed / ttlNanos);
    double evenly = elapsed > 0 ? ttlNanos / elapsed * (1 - kept) : 1;
    double earned =
        config.ratio() * (sum - settledCalls)
            + config.floorPerSecond() * elapsed / SECONDS.toNanos(1);
    balance = balance * kept + earned * evenly;
    settledCalls = sum;
    settledNanos = now;
  }
}
