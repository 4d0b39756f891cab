package io.jethproxy.dispatch;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the workers review what takes long, so that no event loop stands still over the hashes of a
 * large answer; everything else is reviewed at once, and what is long too while the workers have
 * enough to do. From any loop.
 */
public final class LongReviews {

  private static final Logger LOG = LoggerFactory.getLogger(LongReviews.class);

  /** Answers that wait for the workers; one that is larger may do so alone. */
  static final long BYTES_MAX = 64L << 20;

  private final BiPredicate<Call, Outcome> isLong;
  private final Executor workers;
  private final Supplier<? extends Executor> homes;
  private final AtomicLong bytes = new AtomicLong();

  /**
   * @param isLong whether it takes long to review an outcome
   * @param workers bounded
   * @param homes the loop of the calling thread
   */
  public LongReviews(
      BiPredicate<Call, Outcome> isLong, Executor workers, Supplier<? extends Executor> homes) {
    this.isLong = isLong;
    this.workers = workers;
    this.homes = homes;
  }

  /**
   * @param review bears being done by another thread
   * @param then takes what comes of it, on the calling loop
   */
  void review(Call call, Outcome outcome, UnaryOperator<Outcome> review, Consumer<Outcome> then) {
    if (outcome instanceof Outcome.Answer answer
        && isLong.test(call, outcome)
        && isHandedOver(answer, review, then)) {
      return;
    }
    then.accept(review.apply(outcome));
  }

  private boolean isHandedOver(
      Outcome.Answer answer, UnaryOperator<Outcome> review, Consumer<Outcome> then) {
    long length = answer.result().length();
    long waiting = bytes.addAndGet(length);
    if (waiting > Math.max(BYTES_MAX, length)) {
      bytes.addAndGet(-length);
      return false;
    }
    Executor home = homes.get();
    try {
      workers.execute(() -> work(answer, review, reviewed -> bringHome(home, reviewed, then)));
      return true;
    } catch (RejectedExecutionException busyOrClosing) {
      bytes.addAndGet(-length);
      return false;
    }
  }

  private void work(Outcome.Answer answer, UnaryOperator<Outcome> review, Consumer<Outcome> then) {
    try {
      then.accept(review.apply(answer));
    } catch (RuntimeException | StackOverflowError defect) {
      LOG.atError().setCause(defect).log("a defect in the review of an answer");
      throw defect;
    } finally {
      bytes.addAndGet(-answer.result().length());
    }
  }

  private static void bringHome(Executor home, Outcome reviewed, Consumer<Outcome> then) {
    try {
      home.execute(() -> then.accept(reviewed));
    } catch (RejectedExecutionException closing) {
      LOG.atDebug().log("nobody waits for an answer any more: the gateway is closing");
    }
  }
}
