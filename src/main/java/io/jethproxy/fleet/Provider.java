package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.MethodSpec.Pace;
import io.jethproxy.rpc.RawJson;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * One provider of one network: asks it, and remembers how that went.
 *
 * <p>A try is {@link #begin}: a permit, then the wire; what comes back is concluded, which means
 * that latency, trouble and pauses are recorded, and handed on. From that memory follow {@link
 * #standing} (may it be asked), {@link #cost} (how dear is it) and {@link #hedgeAfterNanos} (when
 * to stop waiting for it alone).
 *
 * <p>Used by several event loops at once. Its {@link Memory} has a short lock; the transport, the
 * inbox and the listener are called outside of it. It survives a reload if the provider does.
 */
public final class Provider {

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

  private static final String VITAL_QUESTION = "eth_blockNumber";

  /**
   * So many calls in flight at a provider of usual weight count as much as twice its latency: few,
   * because a provider's latency hardly depends on our load, and one that holds its answers back
   * must be asked often enough to be found out.
   */
  private static final int DOUBLING_LOAD = 100;

  /** Differences of less than this do not matter when two providers are compared. */
  private static final double GRAIN_NANOS = MILLISECONDS.toNanos(2);

  private final Identity identity;
  private final Transport transport;
  private final Ticker ticker;
  private final Outcome busy;
  private final Memory memory;
  private final KnownHead head;

  /** That of the providers of its fleet on average, so that only the ratio of weights counts. */
  private volatile double usualWeight;

  /**
   * A provider whose chain is still to be proven by {@link #identified}.
   *
   * @param chainId the id of the chain that it is asked about
   * @param random for jitter; used under the lock of this provider's memory only
   */
  public Provider(
      Identity identity,
      long chainId,
      Transport transport,
      Ticker ticker,
      Tolerance tolerance,
      RandomGenerator random,
      Listener listener) {
    this.identity = identity;
    this.transport = transport;
    this.ticker = ticker;
    busy = new Outcome.Unserved(Trouble.BUSY, identity.id());
    head = new KnownHead(ticker);
    memory =
        new Memory(
            chainId,
            tolerance,
            random,
            ticker,
            change -> listener.changed(this, change.from(), change.to(), change.cause()));
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
    return memory.standing(method.name());
  }

  /**
   * Asks for leave to ask it although it is out with {@link Standing#yields()}, because nobody else
   * is left. Bounded: a provider that does not answer at all is tried once a second. When true, a
   * {@link #begin} should follow.
   */
  public boolean takeLastResort(MethodSpec method) {
    return memory.takeLastResort(method.name());
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
    return begin(call, timeoutNanos, hedge, "", Scrutiny.NONE, inbox);
  }

  /**
   * Asks it, as {@link #begin(Call, long, boolean, Consumer)} does.
   *
   * @param spanId the attempt's span in the call's trace; empty when it has none
   * @param scrutiny what to make of the outcome before it counts for or against the provider
   */
  public Attempt begin(
      Call call,
      long timeoutNanos,
      boolean hedge,
      String spanId,
      Scrutiny scrutiny,
      Consumer<Outcome> inbox) {
    MethodSpec method = call.method();
    long now = ticker.nanos();
    Attempt.Kind kind = memory.admit(method.name(), now);
    Attempt attempt =
        new Attempt(
            this, kind, method.name(), method.pace(), now, timeoutNanos, hedge, scrutiny, inbox);
    if (kind == Attempt.Kind.UNSENT) {
      attempt.deliveredBy(ticker.alarm(0, () -> attempt.accept(busy)));
      return attempt;
    }
    String traceparent =
        identity.traced() && !spanId.isEmpty() ? call.journal().trace().traceparent(spanId) : "";
    return send(attempt, call.request().method(), call.request().params(), traceparent);
  }

  /**
   * Asks something for the gateway itself: takes no permit and goes through whatever the standing
   * is; its outcome counts like any other, so that success helps a provider back in. Keep to {@link
   * #quietNanos} between probes of a provider that asked to be left alone.
   */
  public Attempt probe(String method, RawJson params, long timeoutNanos, Consumer<Outcome> inbox) {
    return ask(Attempt.Kind.PROBE, method, Pace.FAST, params, timeoutNanos, inbox);
  }

  /**
   * Asks, as {@link #probe} does, for something that may take long, such as old state: how long it
   * takes does not count when providers are compared.
   */
  public Attempt survey(
      MethodSpec method, RawJson params, long timeoutNanos, Consumer<Outcome> inbox) {
    return ask(Attempt.Kind.SURVEY, method.name(), method.pace(), params, timeoutNanos, inbox);
  }

  private Attempt ask(
      Attempt.Kind kind,
      String method,
      Pace pace,
      RawJson params,
      long timeoutNanos,
      Consumer<Outcome> inbox) {
    Attempt attempt =
        new Attempt(
            this, kind, method, pace, ticker.nanos(), timeoutNanos, false, Scrutiny.NONE, inbox);
    return send(attempt, method, params, "");
  }

  /**
   * Whether nothing is held against it and more than half of the calls that it may get are free.
   */
  public boolean isAtLeisure(MethodSpec method) {
    Standing standing = memory.standing(method.name());
    return standing.isReady() && standing.reason() == Reason.HEALTHY && memory.hasRoomToSpare();
  }

  /** How long a provider that is paused should not even be probed; 0 when it may be now. */
  public long quietNanos() {
    return memory.quietNanos();
  }

  /**
   * What one more attempt would cost in expected time: recent peak latency at this method's pace,
   * where failures count as slow, times the attempts that share the provider. Lower is better.
   */
  public double cost(MethodSpec method) {
    int load = memory.inFlight();
    double expected = GRAIN_NANOS + memory.expectedNanos(method.pace(), load);
    return expected * (1 + load * usualWeight / (identity.weight() * (double) DOUBLING_LOAD));
  }

  /** It is in a fleet whose providers have this weight on average. */
  void joined(double averageWeight) {
    usualWeight = averageWeight;
  }

  /** How much of the traffic it should get next to equals: its weight, less while it returns. */
  public double share() {
    return identity.weight() * memory.rampFactor();
  }

  /** After this time without an answer it makes sense to ask another provider too: its p95. */
  public long hedgeAfterNanos(Pace pace) {
    return memory.hedgeAfterNanos(pace);
  }

  /** It answered {@code eth_chainId}: the wrong id takes it out until the right one is seen. */
  public void identified(long chainId) {
    memory.identified(chainId);
  }

  /**
   * It follows a branch of the chain that most others do not: out until it has {@link #returned}.
   */
  public void strayed() {
    memory.strayed();
  }

  /** It is on the branch of the others again. */
  public void returned() {
    memory.returned();
  }

  /** It says that this is its latest block; lower than before is believed. */
  public void learnHead(long number) {
    head.told(number);
  }

  /** It showed that it has this block, so its head is not lower. */
  public void sawBlock(long number) {
    head.atLeast(number);
  }

  /** Its latest block as far as known; -1 when not known. */
  public long head() {
    return head.seen().number();
  }

  /**
   * Whether its head is what it last said. Not since it could not be reached: what answers at its
   * address next may be a node that was set up anew, at its first block.
   */
  public boolean isHeadCertain() {
    return head.isCertain();
  }

  /** Whether its chain is proven, so that what it says of it counts. */
  public boolean isTrusted() {
    return memory.isTrusted();
  }

  HeadSeen headSeen() {
    return head.seen();
  }

  /** For how long its head has been the same; -1 when it has none. */
  public long headAgeNanos() {
    return head.ageNanos();
  }

  /** Whether it should have a block; true while its head is not known. */
  public boolean hasBlock(long number) {
    return head.reaches(number);
  }

  /** What is known of it now. Built on request: for status pages and metrics, not for each call. */
  public Vitals vitals() {
    return memory.vitals(identity, head.seen());
  }

  /** Records the outcome of an attempt; returns the time at which it ended. */
  long conclude(Attempt attempt, Outcome outcome) {
    long now = ticker.nanos();
    if (outcome instanceof Outcome.Unserved unserved && unserved.trouble() == Trouble.UNREACHABLE) {
      head.doubted();
    }
    if (memory.conclude(attempt, outcome, now)) {
      ticker.alarm(0, () -> probe(VITAL_QUESTION, RawJson.ABSENT, Denials.QUESTION_NANOS, _ -> {}));
    }
    return now;
  }

  /** An attempt was given up: that alone is nobody's fault. Returns the time at which it ended. */
  long abandoned(Attempt attempt) {
    long now = ticker.nanos();
    planLook(attempt, memory.abandoned(attempt, now));
    return now;
  }

  private void planLook(Attempt attempt, long afterNanos) {
    if (afterNanos >= 0) {
      long due = ticker.nanos() + afterNanos;
      ticker.alarm(afterNanos, () -> planLook(attempt, memory.look(attempt, due, ticker.nanos())));
    }
  }

  private Attempt send(Attempt attempt, String method, RawJson params, String traceparent) {
    try {
      attempt.sentBy(transport.send(method, params, traceparent, attempt.timeoutNanos(), attempt));
      return attempt;
    } catch (RuntimeException e) {
      attempt.cancel();
      throw e;
    }
  }

  /** Its id and state, for logs. */
  @Override
  public String toString() {
    return identity.id() + "[" + memory + "]";
  }
}
