package io.jethproxy.chain;

import io.jethproxy.call.Defects;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.Transport;
import io.jethproxy.rpc.RawJson;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one provider one question at a time, and plans the next one: ever more rarely while it does
 * not answer. Belongs to one {@link HeadWatch} and its loop.
 */
final class Inquiry {

  private static final Logger LOG = LoggerFactory.getLogger(Inquiry.class);

  private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A provider that does not answer is asked twice a second at most, and ever more rarely. */
  private static final long RETRY_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long RETRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

  private final String providerId;
  private final Transport transport;
  private final Ticker ticker;
  private final Expenses expenses;
  private @Nullable Provider provider;
  private final Defects defects;
  private Runnable silent = () -> {};
  private Runnable afresh = () -> {};
  private Ticker.Alarm next = () -> {};
  private long retryNanos = RETRY_NANOS_MIN;
  private long askedNanos;
  private boolean away;
  private boolean asking;
  private boolean stopped;

  /**
   * @param transport asks the provider before it is known which chain it serves
   */
  Inquiry(String providerId, Transport transport, Ticker ticker, Expenses expenses) {
    this.providerId = providerId;
    this.transport = transport;
    this.ticker = ticker;
    this.expenses = expenses;
    defects = new Defects(LOG, ticker);
  }

  /**
   * @param again begins anew, after a defect of the gateway ended what was under way
   */
  void onDefect(Runnable again) {
    afresh = again;
  }

  /**
   * From now on the questions count for and against this provider.
   *
   * @param whenSilent run when it does not answer
   */
  void joined(Provider known, Runnable whenSilent) {
    provider = known;
    silent = whenSilent;
  }

  /** Asks now, instead of what was planned. */
  void ask(String method, RawJson params, Consumer<RawJson> then, Consumer<Outcome> otherwise) {
    if (stopped) {
      return;
    }
    next.cancel();
    asking = true;
    askedNanos = ticker.nanos();
    expenses.asked(providerId, method);
    Consumer<Outcome> inbox =
        outcome -> {
          asking = false;
          guarded(() -> heard(outcome, then, otherwise));
        };
    if (provider == null) {
      transport.send(method, params, PROBE_NANOS, inbox);
    } else {
      provider.probe(method, params, PROBE_NANOS, inbox);
    }
  }

  private void heard(Outcome outcome, Consumer<RawJson> then, Consumer<Outcome> otherwise) {
    if (outcome instanceof Outcome.Answer answer) {
      then.accept(answer.result());
    } else {
      failed(outcome);
      otherwise.accept(outcome);
    }
  }

  /**
   * Whatever is thrown, a class that cannot be loaded among it, is logged and does not end the
   * questions: nobody above would hear of it.
   */
  void guarded(Runnable action) {
    try {
      action.run();
    } catch (Throwable defect) {
      asking = false;
      later(RETRY_NANOS_MAX, afresh);
      defects.log(providerId, "while following a provider", defect);
    }
  }

  private void failed(Outcome outcome) {
    if (outcome instanceof Outcome.Unserved unserved) {
      boolean absent = isAbsence(unserved);
      away |= absent;
      if (absent || unserved.trouble() == Trouble.TIMEOUT) {
        lost();
      }
    }
  }

  /** It says nothing that counts. */
  void lost() {
    silent.run();
  }

  /** Whether who answers next may be another. */
  private static boolean isAbsence(Outcome.Unserved unserved) {
    return switch (unserved.trouble()) {
      case UNREACHABLE, DNS, TLS, CONNECT_TIMEOUT, BROKEN -> true;
      default -> false;
    };
  }

  /** Plans what to do next, instead of what was planned. */
  void later(long afterNanos, Runnable action) {
    if (!stopped) {
      next.cancel();
      next = ticker.alarm(afterNanos, () -> guarded(action));
    }
  }

  /** Plans what to do next after an answer that was none. */
  void retry(Runnable action) {
    later(backedOff(), action);
  }

  private long backedOff() {
    long wait = retryNanos;
    retryNanos = Math.min(2 * retryNanos, RETRY_NANOS_MAX);
    return Math.max(wait, quietNanos());
  }

  /** How long it wants to be left alone. */
  long quietNanos() {
    return provider == null ? 0 : provider.quietNanos();
  }

  /** It gave an answer that can be used. */
  void answered() {
    retryNanos = RETRY_NANOS_MIN;
  }

  /** Whether it answered the last time. */
  boolean answersWell() {
    return retryNanos == RETRY_NANOS_MIN;
  }

  /** Whether nothing is under way. */
  boolean isFree() {
    return !asking && !stopped;
  }

  /** Time since the last question. */
  long sinceNanos() {
    return ticker.nanos() - askedNanos;
  }

  /** Whether it could not be reached since it was last taken for {@link #present}. */
  boolean wasAway() {
    return away;
  }

  void present() {
    away = false;
  }

  void stop() {
    stopped = true;
    next.cancel();
  }
}
