package io.jethproxy.fleet;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
import io.jethproxy.eth.MethodSpec.Pace;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one provider, and what follows from it. Used by several event loops at
 * once: one short lock guards it, and changes are told outside of it. A provider against which
 * nothing is held is recognised without the lock.
 */
final class Memory {

  private final Ticker ticker;
  private final int maxConcurrent;
  private final Consumer<Condition.Change> changed;

  private final Object lock = new Object();
  private final Health health;
  private final Speeds speeds = new Speeds();
  private final Ledger ledger;
  private final Condition condition;
  private final AtomicInteger inFlight = new AtomicInteger();

  Memory(
      long chainId,
      Tolerance tolerance,
      RandomGenerator random,
      Ticker ticker,
      Consumer<Condition.Change> changed) {
    this.ticker = ticker;
    this.maxConcurrent = tolerance.maxConcurrent();
    this.changed = changed;
    long now = ticker.nanos();
    health = new Health(chainId, tolerance, random, now);
    ledger = new Ledger(health, speeds);
    condition = new Condition(health, speeds, now);
  }

  // An attempt.

  /** Takes a permit if there is one. */
  Attempt.Kind admit(String method, long now) {
    synchronized (lock) {
      if (isFull()) {
        return Attempt.Kind.UNSENT;
      }
      inFlight.incrementAndGet();
      ledger.began(now);
      return health.began(method, now) ? Attempt.Kind.PROBATION : Attempt.Kind.CALL;
    }
  }

  /** Records an outcome; true when the provider should be asked whether it refuses everything. */
  boolean conclude(Attempt attempt, Outcome outcome, long now) {
    return settled(
        now,
        () -> {
          release(attempt);
          ledger.concluded(attempt, outcome, inFlight.get(), now);
          return health.takeQuestion();
        });
  }

  /** As {@link Ledger#abandoned}. */
  long abandoned(Attempt attempt, long now) {
    synchronized (lock) {
      release(attempt);
      return ledger.abandoned(attempt, now);
    }
  }

  /** As {@link Ledger#look}. */
  long look(Attempt attempt, long dueNanos, long now) {
    return settled(now, () -> ledger.look(attempt, dueNanos, inFlight.get(), now));
  }

  private void release(Attempt attempt) {
    switch (attempt.kind()) {
      case CALL -> inFlight.decrementAndGet();
      case PROBATION -> {
        inFlight.decrementAndGet();
        health.probationEnded(attempt.beganNanos());
      }
      case PROBE, SURVEY, UNSENT -> {}
    }
  }

  // What is learned otherwise.

  void identified(long chainId) {
    learn(() -> health.identified(chainId));
  }

  void strayed() {
    learn(health::strayed);
  }

  void returned() {
    learn(health::returned);
  }

  private void learn(Runnable news) {
    settled(
        ticker.nanos(),
        () -> {
          news.run();
          return true;
        });
  }

  // What follows.

  Standing standing(String method) {
    if (condition.isCalm()) {
      return isFull() ? full() : Standing.READY;
    }
    long now = ticker.nanos();
    Standing standing = settled(now, () -> health.standing(method, now));
    return standing.isOut() || !isFull() ? standing : full();
  }

  private boolean isFull() {
    return inFlight.get() >= maxConcurrent;
  }

  private Standing full() {
    return Standing.firm(Reason.BUSY, hedgeAfterNanos(Pace.FAST));
  }

  boolean hasRoomToSpare() {
    return 2 * inFlight.get() <= maxConcurrent - 1;
  }

  boolean takeLastResort(String method) {
    synchronized (lock) {
      return !isFull() && health.takeLastResort(method, ticker.nanos());
    }
  }

  boolean isTrusted() {
    return condition.isTrusted();
  }

  /** Attempts under way. */
  int inFlight() {
    return inFlight.get();
  }

  double expectedNanos(Pace pace, int load) {
    long now = ticker.nanos();
    synchronized (lock) {
      return speeds.expectedNanos(pace, load, now);
    }
  }

  long hedgeAfterNanos(Pace pace) {
    return speeds.hedgeAfterNanos(pace);
  }

  /** Its share of the usual traffic, below 1 while it returns. */
  double rampFactor() {
    if (condition.isCalm()) {
      return 1;
    }
    synchronized (lock) {
      return health.rampFactor(ticker.nanos());
    }
  }

  long quietNanos() {
    synchronized (lock) {
      return health.quietNanos(ticker.nanos());
    }
  }

  Vitals vitals(Identity identity, HeadSeen head) {
    learn(() -> {}); // but that time has passed
    long now = ticker.nanos();
    synchronized (lock) {
      return new Vitals(
          identity,
          condition.reason(),
          health.cause(),
          condition.millis(now),
          health.quietNanos(now) / 1_000_000,
          health.isIdentified(),
          inFlight.get(),
          speeds.latencyMicros(),
          speeds.p95Micros(),
          ledger.successes(),
          ledger.failures(),
          head.number(),
          head.isKnown() ? (now - head.changedNanos()) / 1_000_000 : -1,
          health.rampFactor(now),
          health.methodMarks(now));
    }
  }

  /** Does something under the lock, brings the condition up to date and tells what changed. */
  private <T> T settled(long now, Supplier<T> action) {
    T result;
    Condition.@Nullable Change change;
    synchronized (lock) {
      result = action.get();
      change = condition.settle(now);
    }
    if (change != null) {
      changed.accept(change);
    }
    return result;
  }

  /** The condition, for logs. */
  @Override
  public String toString() {
    return condition.reason().label();
  }
}
