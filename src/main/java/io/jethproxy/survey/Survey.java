package io.jethproxy.survey;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Expenses;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.Methods;
import io.jethproxy.fleet.Attempt;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Holdings;
import io.jethproxy.fleet.Offers;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.Reason;
import io.jethproxy.fleet.Standing;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks one provider what it keeps and offers: soon after it is in use, then every few hours, and
 * sooner when an answer contradicts what was found. What is found goes to {@link Holdings} and
 * {@link Offers}, by which calls are routed.
 *
 * <p>One question at a time, with pauses, at most {@value #QUESTIONS_MAX} in all and five where the
 * provider has everything; and only while nothing is held against it and it has room to spare. A
 * failure teaches nothing; after the second one the survey is over, and the next one comes after a
 * growing pause. Lives on the loop that started it; {@link #progress} is for everybody.
 */
public final class Survey {

  /** The most questions of one survey. */
  public static final int QUESTIONS_MAX = 5 * (Bisection.QUESTIONS_MAX + 1) + 2;

  /**
   * What all surveys share.
   *
   * @param permits whether a provider may be asked for a method, as configured
   * @param tracesAreOpen whether clients may ask for traces, so that it matters who offers them
   * @param random must bear use by several loops
   */
  public record Surroundings(
      Methods methods,
      Fleets fleets,
      Holdings holdings,
      Offers offers,
      Expenses expenses,
      BiPredicate<Provider, String> permits,
      boolean tracesAreOpen,
      Ticker ticker,
      RandomGenerator random) {}

  /** What a survey is doing. */
  public enum Phase {
    /** It has not begun: the provider is not in use yet, or has no room. */
    WAITING,
    UNDER_WAY,
    DONE,
    /** It ended because the provider failed; what was found until then counts. */
    GIVEN_UP
  }

  /**
   * How far the latest survey is.
   *
   * @param questions that it has asked, up to {@value #QUESTIONS_MAX}
   * @param sinceNanos when it came into this phase
   */
  public record Progress(Phase phase, int questions, long sinceNanos) {}

  private static final String ANY = "eth_blockNumber";
  private static final long QUESTION_NANOS = SECONDS.toNanos(10);
  private static final int TROUBLES_MAX = 2;

  private static final long SOON_NANOS = SECONDS.toNanos(2);
  private static final long PAUSE_NANOS = MILLISECONDS.toNanos(250);

  /** Between two looks whether the provider can be asked. */
  private static final long LOOK_NANOS_MIN = SECONDS.toNanos(1);

  private static final long LOOK_NANOS_MAX = MINUTES.toNanos(1);

  private static final long PERIOD_NANOS = HOURS.toNanos(6);

  /** Until the next one after a failure or a contradiction; doubled each time, up to the period. */
  private static final long GAP_NANOS_MIN = MINUTES.toNanos(15);

  private final Surroundings around;
  private final Deque<Subject> left = new ArrayDeque<>();
  private @Nullable Provider provider;
  private @Nullable Bisection bisection;
  private @Nullable Attempt attempt;
  private Ticker.Alarm next = () -> {};
  private volatile Progress progress;
  private long lookNanos = LOOK_NANOS_MIN;
  private long gapNanos = GAP_NANOS_MIN;

  /** Whether the provider has shown that it offers the method of the subject. */
  private boolean offered;

  /** The old block that it would not answer for, so that it is asked for the newest one. */
  private long refused;

  private int questions;
  private int troubles;
  private boolean stopped;

  public Survey(Surroundings around) {
    this.around = around;
    progress = new Progress(Phase.WAITING, 0, around.ticker().nanos());
  }

  /** The provider is in a fleet; asks it once it is in use. */
  public void start(Provider joined) {
    provider = joined;
    later(SOON_NANOS, this::begin);
  }

  public void stop() {
    stopped = true;
    next.cancel();
    if (attempt != null) {
      attempt.cancel();
    }
  }

  public Progress progress() {
    return progress;
  }

  private void begin() {
    if (!isFit()) {
      lookAgain(this::begin);
      return;
    }
    lookNanos = LOOK_NANOS_MIN;
    questions = 0;
    troubles = 0;
    left.clear();
    for (Subject subject : Subject.values()) {
      if (subject.past().isPresent() || around.tracesAreOpen()) {
        left.add(subject);
      }
    }
    around.holdings().surveyed(provider().id());
    enter(Phase.UNDER_WAY);
    goOn();
  }

  /** Asks the next question, or ends. */
  private void goOn() {
    Subject subject = left.peek();
    if (subject == null) {
      end(Phase.DONE);
      return;
    }
    if (!around.permits().test(provider(), subject.method())) {
      nextSubject();
      return;
    }
    if (!isFit()) {
      lookAgain(this::goOn);
      return;
    }
    lookNanos = LOOK_NANOS_MIN;
    Standing standing = provider().standing(around.methods().of(subject.method()));
    if (!standing.isOut()) {
      ask(subject);
    } else if (standing.reason() == Reason.METHOD_CLOSED && offered) {
      ask(subject); // it was a refusal of old blocks
    } else if (standing.reason() == Reason.METHOD_CLOSED) {
      conclude(subject, Verdict.NOT_OFFERED, 0);
    } else {
      nextSubject();
    }
  }

  private void ask(Subject subject) {
    if (subject.past().isEmpty()) {
      ask(subject, 0);
      return;
    }
    if (bisection == null) {
      bisection = new Bisection(head());
    }
    OptionalLong number = bisection.next();
    if (number.isPresent()) {
      ask(subject, number.getAsLong());
    } else {
      found(subject, bisection);
      nextSubject();
    }
  }

  private void ask(Subject subject, long number) {
    questions++;
    enter(Phase.UNDER_WAY);
    around.expenses().asked(provider().id(), subject.method());
    attempt =
        provider()
            .survey(
                around.methods().of(subject.method()),
                subject.params(number),
                QUESTION_NANOS,
                outcome -> answered(subject, number, outcome));
  }

  private void answered(Subject subject, long number, Outcome outcome) {
    attempt = null;
    if (!stopped) {
      later(PAUSE_NANOS, () -> conclude(subject, Verdict.of(outcome), number));
    }
  }

  private void conclude(Subject subject, Verdict verdict, long number) {
    switch (verdict) {
      case THERE, GONE -> {
        subject.family().ifPresent(family -> offers(family, true));
        offered = true;
        if (bisection == null) {
          nextSubject();
        } else if (number == bisection.head()) {
          bisection.lacks(refused);
          goOn();
        } else if (verdict == Verdict.THERE) {
          bisection.has(number);
          goOn();
        } else {
          bisection.lacks(number);
          goOn();
        }
      }
      case NOT_OFFERED -> notOffered(subject, number);
      case UNCLEAR -> nextSubject();
      case TROUBLE -> {
        troubles++;
        if (troubles < TROUBLES_MAX) {
          nextSubject();
        } else {
          end(Phase.GIVEN_UP);
        }
      }
    }
  }

  /** Who will not answer for old blocks may offer the method for new ones. */
  private void notOffered(Subject subject, long number) {
    if (bisection == null || number == bisection.head()) {
      subject.family().ifPresent(family -> offers(family, false));
      nextSubject();
    } else if (offered) {
      bisection.lacks(number);
      goOn();
    } else {
      refused = number;
      ask(subject, bisection.head());
    }
  }

  private void nextSubject() {
    bisection = null;
    offered = false;
    left.poll();
    goOn();
  }

  private void offers(Offers.Family family, boolean offered) {
    around.offers().found(provider().id(), family, offered);
  }

  private void found(Subject subject, Bisection depth) {
    if (depth.isConclusive()) {
      subject
          .past()
          .ifPresent(past ->
              around
                  .holdings()
                  .found(provider().id(), past, depth.floor(), depth.seen(), depth.head()));
    }
  }

  private void end(Phase phase) {
    bisection = null;
    offered = false;
    left.clear();
    enter(phase);
    later(GAP_NANOS_MIN, this::look);
  }

  /** Whether it is time for another survey. */
  private void look() {
    long since = around.ticker().nanos() - progress.sinceNanos();
    boolean isWanted =
        progress.phase() == Phase.GIVEN_UP || around.holdings().isDoubted(provider().id());
    if (isWanted && since >= gapNanos) {
      gapNanos = Math.min(2 * gapNanos, PERIOD_NANOS);
      begin();
    } else if (since >= PERIOD_NANOS) {
      gapNanos = GAP_NANOS_MIN;
      begin();
    } else {
      later(GAP_NANOS_MIN, this::look);
    }
  }

  /** What may wait: nothing is held against the provider, and it has room to spare. */
  private boolean isFit() {
    MethodSpec spec = around.methods().of(ANY);
    return provider().isTrusted() && head() >= 0 && provider().isAtLeisure(spec);
  }

  private void lookAgain(Runnable action) {
    later(lookNanos, action);
    lookNanos = Math.min(2 * lookNanos, LOOK_NANOS_MAX);
  }

  /** Its newest block, as far as others agree that there are so many. */
  private long head() {
    return around.fleets().all().stream()
        .filter(fleet -> fleet.provider(provider().id()).isPresent())
        .mapToLong(Fleet::agreedHead)
        .map(agreed -> Math.min(agreed, provider().head()))
        .findFirst()
        .orElse(-1);
  }

  private void enter(Phase phase) {
    boolean isNew = progress.phase() != phase;
    progress =
        new Progress(phase, questions, isNew ? around.ticker().nanos() : progress.sinceNanos());
  }

  /** Not all at once: from three quarters to five quarters of the time. */
  private void later(long nanos, Runnable action) {
    if (!stopped) {
      next.cancel();
      long jitter = around.random().nextLong(nanos / 2 + 1);
      next = around.ticker().alarm(nanos * 3 / 4 + jitter, action);
    }
  }

  private Provider provider() {
    return Objects.requireNonNull(provider);
  }
}
