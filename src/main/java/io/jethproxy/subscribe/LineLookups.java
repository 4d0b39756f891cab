package io.jethproxy.subscribe;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Ticker;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The questions about older blocks for the subscriptions of one line: a few at a time, so that one
 * client does not take the places of all, and those within {@link Lookups}. The others wait in
 * order, within their deadlines; of a line that has ended none is asked. On the line's loop only.
 */
final class LineLookups {

  /** Questions under way for one line. */
  static final int AT_ONCE_MAX = 16;

  /** Questions that wait, a few hundred bytes each; further ones are turned away. */
  static final int WAITING_MAX = 2_048;

  static final Outcome TURNED_AWAY =
      new Outcome.Refused(
          new Refusal(
              Refusal.Kind.LIMIT_EXCEEDED,
              "too many subscriptions begin at older blocks at this time (try again)",
              "resuming",
              1_000,
              List.of()));

  private static final Logger LOG = LoggerFactory.getLogger(LineLookups.class);

  private final Lookups all;
  private final Executor loop;
  private final Ticker ticker;
  private final Deque<Question> waiting = new ArrayDeque<>();
  private int asking;
  private boolean isClosed;

  /**
   * @param all what all lines share
   * @param loop the line's
   */
  LineLookups(Lookups all, Executor loop, Ticker ticker) {
    this.all = all;
    this.loop = loop;
    this.ticker = ticker;
  }

  /** The way of some questions to the stages below: each in its turn. */
  final class Gate implements Handler {
    private final Handler next;
    private final BooleanSupplier isWanted;
    private boolean hasTurnedAway;

    private Gate(Handler next, BooleanSupplier isWanted) {
      this.next = next;
      this.isWanted = isWanted;
    }

    @Override
    public CompletableFuture<Outcome> handle(Call call) {
      Question question = new Question(this, call);
      if (isClosed) {
        question.turnAway();
      } else if (asking < AT_ONCE_MAX) {
        asking++;
        enter(question);
      } else if (waiting.size() < WAITING_MAX) {
        waiting.add(question);
        question.mindDeadline();
      } else {
        question.turnAway();
      }
      return question.end;
    }

    /** Whether a question was not asked for want of room or time. */
    boolean hasTurnedAway() {
      return hasTurnedAway;
    }
  }

  /**
   * @param next the stages below
   * @param isWanted whether the answers are still of use to anybody
   */
  Gate gate(Handler next, BooleanSupplier isWanted) {
    return new Gate(next, isWanted);
  }

  /** The line has ended: nothing more is asked. */
  void close() {
    isClosed = true;
    List<Question> left = List.copyOf(waiting);
    waiting.clear();
    left.forEach(Question::turnAway);
  }

  private void enter(Question question) {
    if (isClosed) {
      question.turnAway();
      goOn();
      return;
    }
    switch (all.enter(() -> onLoop(question))) {
      case NOW -> ask(question);
      case LATER -> question.mindDeadline();
      case NEVER -> {
        question.turnAway();
        goOn();
      }
    }
  }

  private void ask(Question question) {
    question
        .ask()
        .whenComplete((_, _) -> {
          all.leave();
          goOn();
        });
  }

  /** The next one has the place, on another turn of the loop, however many are answered at once. */
  private void goOn() {
    Question next = waiting.poll();
    if (next == null) {
      asking--;
      return;
    }
    try {
      loop.execute(() -> enter(next));
    } catch (RejectedExecutionException closing) {
      LOG.atDebug().log("nobody resumes any more: the gateway is closing");
    }
  }

  private void onLoop(Question question) {
    try {
      loop.execute(() -> ask(question));
    } catch (RejectedExecutionException closing) {
      LOG.atDebug().log("nobody resumes any more: the gateway is closing");
      all.leave();
    }
  }

  private final class Question {
    private final Gate gate;
    private final Call call;
    private final CompletableFuture<Outcome> end = new CompletableFuture<>();
    private Ticker.@Nullable Alarm deadline;

    Question(Gate gate, Call call) {
      this.gate = gate;
      this.call = call;
    }

    void mindDeadline() {
      if (deadline == null) {
        deadline = ticker.alarm(call.deadline().left(ticker.nanos()), this::late);
      }
    }

    private void late() {
      waiting.remove(this);
      turnAway();
    }

    void turnAway() {
      cancelDeadline();
      gate.hasTurnedAway = true;
      end.complete(TURNED_AWAY);
    }

    private void cancelDeadline() {
      if (deadline != null) {
        deadline.cancel();
      }
    }

    /** Ends at once when nobody waits for it any more. */
    CompletableFuture<Outcome> ask() {
      cancelDeadline();
      if (end.isDone()) {
        return end;
      }
      if (isClosed || !gate.isWanted.getAsBoolean()) {
        turnAway();
        return end;
      }
      return Errand.attempt(() -> gate.next.handle(call))
          .whenComplete((outcome, defect) -> {
            if (defect == null) {
              end.complete(outcome);
            } else {
              end.completeExceptionally(defect);
            }
          });
    }
  }
}
