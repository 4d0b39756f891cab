package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.MethodSpec.Pace;
import io.jethproxy.rpc.RawJson;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One provider of one network: asks it, and remembers how that went.
 *
 * <p>A try is {@link #begin}: a permit, then the wire; what comes back is concluded, which means
 * that latency, trouble and pauses are recorded, and handed on. From that memory follow {@link
 * #standing} (may it be asked), {@link #cost} (how dear is it) and {@link #hedgeAfterNanos} (when
 * to stop waiting for it alone).
 *
 * <p>Used by several event loops at once: one short lock guards the memory; the transport, the
 * inbox and the listener are called outside of it. A provider against which nothing is held is
 * recognised without the lock. Its memory survives a reload if the provider does.
 */
public final class Provider {

  /**
   * How much is too much.
   *
   * @param maxConcurrent attempts under way at once
   * @param consecutiveFailures so many failures in a row eject
   * @param failureWindowMillis over this time ...
   * @param windowMinimum ... at least so many attempts ...
   * @param failureShare ... of which this share failed eject, 0 to 1
   * @param coolDownMillis the first time out; doubles with each relapse
   * @param coolDownMillisMax the longest time out
   * @param rampMillisMax the longest time from a tenth of its share to the whole, after an outage
   * @param longPauseMillis the first pause for quota, billing and access trouble; doubles
   * @param longPauseMillisMax the longest such pause
   * @param retryAfterMillisMax the longest wait that a provider may ask for
   */
  public record Config(
      int maxConcurrent,
      int consecutiveFailures,
      int failureWindowMillis,
      int windowMinimum,
      double failureShare,
      int coolDownMillis,
      int coolDownMillisMax,
      int rampMillisMax,
      int longPauseMillis,
      int longPauseMillisMax,
      int retryAfterMillisMax) {

    public static final Config DEFAULTS =
        new Config(200, 5, 10_000, 10, 0.5, 1_000, 60_000, 12_000, 60_000, 600_000, 300_000);

    public Config {
      positive("maxConcurrent", maxConcurrent);
      positive("consecutiveFailures", consecutiveFailures);
      positive("failureWindowMillis", failureWindowMillis);
      positive("windowMinimum", windowMinimum);
      if (!(failureShare > 0 && failureShare <= 1)) {
        throw new IllegalArgumentException("failureShare: " + failureShare + " (expected: 0..1)");
      }
      positive("coolDownMillis", coolDownMillis);
      atLeast("coolDownMillisMax", coolDownMillisMax, coolDownMillis);
      atLeast("rampMillisMax", rampMillisMax, 1_000);
      positive("longPauseMillis", longPauseMillis);
      atLeast("longPauseMillisMax", longPauseMillisMax, longPauseMillis);
      positive("retryAfterMillisMax", retryAfterMillisMax);
    }

    /** The same with another bound on the attempts under way. */
    public Config withMaxConcurrent(int attempts) {
      return new Config(
          attempts,
          consecutiveFailures,
          failureWindowMillis,
          windowMinimum,
          failureShare,
          coolDownMillis,
          coolDownMillisMax,
          rampMillisMax,
          longPauseMillis,
          longPauseMillisMax,
          retryAfterMillisMax);
    }

    private static void positive(String name, int value) {
      atLeast(name, value, 1);
    }

    private static void atLeast(String name, int value, int least) {
      if (value < least) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
      }
    }
  }

  /** Hears of every change of a provider's condition, on whichever thread brought it about. */
  @FunctionalInterface
  public interface Listener {
    /**
     * The condition changed.
     *
     * @param cause the label of the trouble behind it; empty when there is none
     */
    void changed(Provider provider, Reason from, Reason to, String cause);
  }

  /** What an attempt counts as. */
  enum Kind {
    CALL,
    /** A call that holds the one place on probation. */
    PROBATION,
    /** The gateway's own question: takes no permit. */
    PROBE,
    /** There was no permit: nothing is sent. */
    UNSENT
  }

  /** What the gateway asks everybody, and what it asks when a provider may refuse everything. */
  static final Set<String> VITAL_METHODS = Set.of("eth_chainId", "eth_blockNumber");

  private static final String VITAL_QUESTION = "eth_blockNumber";

  /**
   * So many calls in flight at a provider of usual weight count as much as twice its latency: few,
   * because a provider's latency hardly depends on our load, and one that holds its answers back
   * must be asked often enough to be found out.
   */
  private static final int DOUBLING_LOAD = 100;

  /** Differences of less than this do not matter when two providers are compared. */
  private static final double GRAIN_NANOS = MILLISECONDS.toNanos(2);

  /** An attempt that ends so long after its timeout shows that the gateway itself stood still. */
  private static final long LATE_NANOS = MILLISECONDS.toNanos(250);

  private final Identity identity;
  private final Transport transport;
  private final Ticker ticker;
  private final Config config;
  private final Listener listener;
  private final Outcome busy;

  private final Object lock = new Object();
  private final Health health;
  private final Silence silence = new Silence();
  private final Speeds speeds = new Speeds();
  private long successes;
  private long failures;
  private Reason condition = Reason.UNIDENTIFIED;
  private long conditionSinceNanos;
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile boolean calm;
  private volatile boolean trusted;
  private volatile HeadSeen head = HeadSeen.NONE;
  private volatile boolean headCertain = true;

  /** That of the providers of its fleet on average, so that only the ratio of weights counts. */
  private volatile double usualWeight;

  /**
   * A provider whose chain is still to be proven by {@link #identified}.
   *
   * @param chainId the id of the chain that it is asked about
   * @param random for jitter; used under this provider's lock only
   */
  public Provider(
      Identity identity,
      long chainId,
      Transport transport,
      Ticker ticker,
      Config config,
      RandomGenerator random,
      Listener listener) {
    this.identity = identity;
    this.transport = transport;
    this.ticker = ticker;
    this.config = config;
    this.listener = listener;
    long now = ticker.nanos();
    busy = new Outcome.Unserved(Trouble.BUSY, identity.id());
    health = new Health(chainId, config, random, now);
    conditionSinceNanos = now;
    usualWeight = identity.weight();
  }

  public Identity identity() {
    return identity;
  }

  public String id() {
    return identity.id();
  }

  /** Whether it may be asked this method now; the answer may be outdated a moment later. */
  public Standing standing(MethodSpec method) {
    if (calm) {
      return inFlight.get() < config.maxConcurrent() ? Standing.READY : full();
    }
    Standing standing;
    @Nullable Change change;
    long now = ticker.nanos();
    synchronized (lock) {
      standing = health.standing(method.name(), now);
      change = settle(now);
    }
    announce(change);
    return standing.isOut() || inFlight.get() < config.maxConcurrent() ? standing : full();
  }

  /**
   * Asks for leave to ask it although it is out with {@link Standing#yields()}, because nobody else
   * is left. Bounded: a provider that does not answer at all is tried once a second. When true, a
   * {@link #begin} should follow.
   */
  public boolean takeLastResort(MethodSpec method) {
    synchronized (lock) {
      return inFlight.get() < config.maxConcurrent()
          && health.takeLastResort(method.name(), ticker.nanos());
    }
  }

  /**
   * Asks it. The outcome arrives in the inbox exactly once, on the calling loop, unless the attempt
   * is cancelled first; it may arrive before this method returns. Without a free permit nothing is
   * sent and the outcome is {@link Trouble#BUSY}.
   *
   * @param timeoutNanos bounds the whole attempt, positive
   * @param hedge whether another attempt of the same call is pending
   */
  public Attempt begin(Call call, long timeoutNanos, boolean hedge, Consumer<Outcome> inbox) {
    return begin(call, timeoutNanos, hedge, UnaryOperator.identity(), inbox);
  }

  /**
   * Asks it, as {@link #begin(Call, long, boolean, Consumer)} does.
   *
   * @param review what to make of the outcome before it counts for or against the provider
   */
  public Attempt begin(
      Call call,
      long timeoutNanos,
      boolean hedge,
      UnaryOperator<Outcome> review,
      Consumer<Outcome> inbox) {
    MethodSpec method = call.method();
    long now = ticker.nanos();
    Kind kind = admit(method.name(), now);
    Attempt attempt =
        new Attempt(
            this, kind, method.name(), method.pace(), now, timeoutNanos, hedge, review, inbox);
    if (kind == Kind.UNSENT) {
      attempt.deliveredBy(ticker.alarm(0, () -> attempt.accept(busy)));
      return attempt;
    }
    return send(attempt, call.request().method(), call.request().params());
  }

  /**
   * Asks something for the gateway itself: takes no permit and goes through whatever the standing
   * is; its outcome counts like any other, so that success helps a provider back in. Keep to {@link
   * #quietNanos} between probes of a provider that asked to be left alone.
   */
  public Attempt probe(String method, RawJson params, long timeoutNanos, Consumer<Outcome> inbox) {
    Attempt attempt =
        new Attempt(
            this,
            Kind.PROBE,
            method,
            Pace.FAST,
            ticker.nanos(),
            timeoutNanos,
            false,
            UnaryOperator.identity(),
            inbox);
    return send(attempt, method, params);
  }

  /** How long a provider that is paused should not even be probed; 0 when it may be now. */
  public long quietNanos() {
    synchronized (lock) {
      return health.quietNanos(ticker.nanos());
    }
  }

  /**
   * What one more attempt would cost in expected time: recent peak latency at this method's pace,
   * where failures count as slow, times the attempts that share the provider. Lower is better.
   */
  public double cost(MethodSpec method) {
    long now = ticker.nanos();
    synchronized (lock) {
      int load = inFlight.get();
      double expected = GRAIN_NANOS + speeds.expectedNanos(method.pace(), load, now);
      return expected * (1 + load * usualWeight / (identity.weight() * (double) DOUBLING_LOAD));
    }
  }

  /** It is in a fleet whose providers have this weight on average. */
  void joined(double averageWeight) {
    usualWeight = averageWeight;
  }

  /** How much of the traffic it should get next to equals: its weight, less while it returns. */
  public double share() {
    if (calm) {
      return identity.weight();
    }
    synchronized (lock) {
      return identity.weight() * health.rampFactor(ticker.nanos());
    }
  }

  /** After this time without an answer it makes sense to ask another provider too: its p95. */
  public long hedgeAfterNanos(Pace pace) {
    return speeds.hedgeAfterNanos(pace);
  }

  /** It answered {@code eth_chainId}: the wrong id takes it out until the right one is seen. */
  public void identified(long chainId) {
    change(() -> health.identified(chainId));
  }

  /**
   * It follows a branch of the chain that most others do not: out until it has {@link #returned}.
   */
  public void strayed() {
    change(health::strayed);
  }

  /** It is on the branch of the others again. */
  public void returned() {
    change(health::returned);
  }

  /** It says that this is its latest block; lower than before is believed. */
  public void learnHead(long number) {
    synchronized (lock) {
      head = head.polled(number, ticker.nanos());
      headCertain = true;
    }
  }

  /** It showed that it has this block, so its head is not lower. */
  public void sawBlock(long number) {
    if (number > head.number()) {
      synchronized (lock) {
        head = head.atLeast(number, ticker.nanos());
      }
    }
  }

  /** Its latest block as far as known; -1 when not known. */
  public long head() {
    return head.number();
  }

  /**
   * Whether its head is what it last said. Not since it could not be reached: what answers at its
   * address next may be a node that was set up anew, at its first block.
   */
  public boolean isHeadCertain() {
    return headCertain;
  }

  /** Whether its chain is proven, so that what it says of it counts. */
  public boolean isTrusted() {
    return trusted;
  }

  HeadSeen headSeen() {
    return head;
  }

  /** For how long its head has been the same; -1 when it has none. */
  public long headAgeNanos() {
    HeadSeen seen = head;
    return seen.isKnown() ? ticker.nanos() - seen.changedNanos() : -1;
  }

  /** Whether it should have a block; true while its head is not known. */
  public boolean hasBlock(long number) {
    HeadSeen seen = head;
    return !seen.isKnown() || number <= seen.number();
  }

  /** What is known of it now. Built on request: for status pages and metrics, not for each call. */
  public Vitals vitals() {
    Vitals vitals;
    @Nullable Change change;
    long now = ticker.nanos();
    synchronized (lock) {
      change = settle(now);
      HeadSeen seen = head;
      vitals =
          new Vitals(
              identity,
              condition,
              health.cause(),
              (now - conditionSinceNanos) / 1_000_000,
              health.quietNanos(now) / 1_000_000,
              health.isIdentified(),
              inFlight.get(),
              speeds.latencyMicros(),
              speeds.p95Micros(),
              successes,
              failures,
              seen.number(),
              seen.isKnown() ? (now - seen.changedNanos()) / 1_000_000 : -1,
              health.rampFactor(now),
              health.methodMarks(now));
    }
    announce(change);
    return vitals;
  }

  /** Records the outcome of an attempt; returns the time at which it ended. */
  long conclude(Attempt attempt, Outcome outcome) {
    long now = ticker.nanos();
    boolean mayRefuseAll;
    @Nullable Change change;
    synchronized (lock) {
      release(attempt);
      record(attempt, outcome, now);
      mayRefuseAll = health.takeQuestion();
      change = settle(now);
    }
    announce(change);
    if (mayRefuseAll) {
      ticker.alarm(0, () -> probe(VITAL_QUESTION, RawJson.ABSENT, Denials.QUESTION_NANOS, _ -> {}));
    }
    return now;
  }

  /** An attempt was given up: that alone is nobody's fault. Returns the time at which it ended. */
  long abandoned(Attempt attempt) {
    long now = ticker.nanos();
    long untilLook = -1;
    synchronized (lock) {
      release(attempt);
      long elapsed = now - attempt.beganNanos();
      if (attempt.kind() != Kind.UNSENT && !isLate(attempt, elapsed)) {
        speeds.abandoned(attempt.pace(), elapsed, now);
        if (silence.abandoned(attempt.beganNanos())) {
          untilLook = silence.untilLookNanos(attempt.timeoutNanos(), now);
        }
      }
    }
    if (untilLook >= 0) {
      planLook(attempt, untilLook);
    }
    return now;
  }

  private void planLook(Attempt attempt, long afterNanos) {
    long due = ticker.nanos() + afterNanos;
    ticker.alarm(afterNanos, () -> look(attempt, due));
  }

  /** Looks whether anything came back since attempts were given up. */
  private void look(Attempt attempt, long dueNanos) {
    long now = ticker.nanos();
    long untilLook = -1;
    @Nullable Change change;
    synchronized (lock) {
      if (now - dueNanos > LATE_NANOS) {
        silence.broken(now, inFlight.get());
      }
      switch (silence.look(attempt.timeoutNanos(), now)) {
        case PROVEN -> health.silent(attempt.method(), attempt.beganNanos(), now);
        case UNDECIDED -> untilLook = silence.untilLookNanos(attempt.timeoutNanos(), now);
        case NOTHING -> {}
      }
      change = settle(now);
    }
    announce(change);
    if (untilLook >= 0) {
      planLook(attempt, untilLook);
    }
  }

  private Kind admit(String method, long now) {
    synchronized (lock) {
      if (inFlight.get() >= config.maxConcurrent()) {
        return Kind.UNSENT;
      }
      inFlight.incrementAndGet();
      silence.began(now);
      return health.began(method, now) ? Kind.PROBATION : Kind.CALL;
    }
  }

  private Attempt send(Attempt attempt, String method, RawJson params) {
    try {
      attempt.sentBy(transport.send(method, params, attempt.timeoutNanos(), attempt));
      return attempt;
    } catch (RuntimeException e) {
      attempt.cancel();
      throw e;
    }
  }

  private void release(Attempt attempt) {
    switch (attempt.kind()) {
      case CALL -> inFlight.decrementAndGet();
      case PROBATION -> {
        inFlight.decrementAndGet();
        health.probationEnded(attempt.beganNanos());
      }
      case PROBE, UNSENT -> {}
    }
  }

  private void record(Attempt attempt, Outcome outcome, long now) {
    long elapsed = now - attempt.beganNanos();
    boolean late = isLate(attempt, elapsed);
    switch (outcome) {
      case Outcome.Answer _, Outcome.Rejected _ -> served(attempt, elapsed, late, now);
      case Outcome.Unserved unserved -> unserved(attempt, unserved, elapsed, late, now);
      // Not for a transport to say; nothing is known then.
      case Outcome.Refused _ -> {}
    }
  }

  private void served(Attempt attempt, long elapsed, boolean late, long now) {
    successes++;
    silence.broken(now, inFlight.get());
    if (!late && attempt.kind() == Kind.PROBE) {
      speeds.answeredProbe(elapsed, now);
    } else if (!late) {
      speeds.answered(attempt.pace(), elapsed, now);
    }
    health.succeeded(attempt.method(), attempt.beganNanos(), now);
  }

  private void unserved(
      Attempt attempt, Outcome.Unserved unserved, long elapsed, boolean late, long now) {
    Trouble trouble = unserved.trouble();
    if (trouble == Trouble.BUSY) {
      return;
    }
    failures++;
    if (trouble == Trouble.UNREACHABLE) {
      headCertain = false;
    }
    if (late || trouble != Trouble.TIMEOUT) {
      silence.broken(now, inFlight.get());
    }
    if (!late && countsAsSlow(trouble)) {
      speeds.failed(attempt.pace(), elapsed, now);
    }
    health.unserved(unserved, attempt, late, now);
  }

  private static boolean countsAsSlow(Trouble trouble) {
    return (trouble.against() != Trouble.Against.NOBODY && trouble != Trouble.METHOD_CLOSED)
        || trouble.pause() != Trouble.Pause.NONE;
  }

  private static boolean isLate(Attempt attempt, long elapsedNanos) {
    return elapsedNanos > attempt.timeoutNanos() + LATE_NANOS;
  }

  private Standing full() {
    return Standing.firm(Reason.BUSY, hedgeAfterNanos(Pace.FAST));
  }

  private void change(Runnable action) {
    @Nullable Change change;
    synchronized (lock) {
      action.run();
      change = settle(ticker.nanos());
    }
    announce(change);
  }

  /** Brings the condition up to date; says what is to be announced. */
  private @Nullable Change settle(long now) {
    Reason next = health.condition(now);
    calm = health.isCalm(now);
    trusted = health.isIdentified();
    if (next == condition) {
      return null;
    }
    Change change = new Change(condition, next, health.cause());
    if (condition == Reason.EJECTED) {
      speeds.forgive();
    }
    condition = next;
    conditionSinceNanos = now;
    return change;
  }

  private void announce(@Nullable Change change) {
    if (change != null) {
      listener.changed(this, change.from(), change.to(), change.cause());
    }
  }

  private record Change(Reason from, Reason to, String cause) {}

  /** Its id and state, for logs. */
  @Override
  public String toString() {
    return identity.id() + "[" + condition.label() + "]";
  }
}
