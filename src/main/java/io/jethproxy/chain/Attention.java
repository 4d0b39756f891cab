package io.jethproxy.chain;

import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Ticker;
import java.util.concurrent.CompletableFuture;

/**
 * Whether clients want to know about a network. One that nobody has asked about for a minute is
 * idle: of its providers little more is watched than whether they live, see {@link HeadPoll}. The
 * first question wakes it, and waits until the chain is known as it is now. From any thread.
 */
public final class Attention {

  static final long IDLE_NANOS = MINUTES.toNanos(1);

  /** How exactly the time of the last question is known. */
  private static final long NOTED_NANOS = SECONDS.toNanos(1);

  /** If the providers do not say where the chain is by then, the questions go on without that. */
  private static final long WAKING_NANOS_MAX = SECONDS.toNanos(2);

  private final Ticker ticker;
  private final boolean sleeps;
  private final Runnable wake;
  private volatile long askedNanos;
  private volatile CompletableFuture<Void> awake = new CompletableFuture<>();

  /**
   * Of a network whose chain is not known yet: until it is, questions wait as after idleness.
   *
   * @param sleeps whether the network may ever be idle
   * @param wake run by the first question after idleness; ends in {@link #awoken}
   */
  public Attention(Ticker ticker, boolean sleeps, Runnable wake) {
    this.ticker = ticker;
    this.sleeps = sleeps;
    this.wake = wake;
    askedNanos = ticker.nanos();
    endBefore(WAKING_NANOS_MAX);
  }

  private void endBefore(long nanos) {
    CompletableFuture<Void> waking = awake;
    ticker.alarm(nanos, () -> waking.complete(null));
  }

  /**
   * Somebody wants to know about the network, or will. Who has something to tell to a client that
   * only listens says so each minute.
   *
   * @return completes when the chain is known as it is now: at once unless the network was idle or
   *     the gateway has just started, within two seconds always, normally
   */
  public CompletableFuture<Void> asked() {
    long now = ticker.nanos();
    if (now - askedNanos >= NOTED_NANOS && isEndOfIdleness(now)) {
      endBefore(WAKING_NANOS_MAX);
      wake.run();
    }
    return awake;
  }

  private synchronized boolean isEndOfIdleness(long now) {
    boolean wasIdle = isIdle(now);
    askedNanos = now;
    if (wasIdle) {
      awake = new CompletableFuture<>();
    }
    return wasIdle;
  }

  /** Whether nobody has asked for a while. */
  public boolean isIdle() {
    return isIdle(ticker.nanos());
  }

  private boolean isIdle(long now) {
    return sleeps && now - askedNanos >= IDLE_NANOS;
  }

  /** The chain is known as it is now. */
  void awoken() {
    awake.complete(null);
  }
}
