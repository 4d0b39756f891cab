package io.jethproxy.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.fleet.Calls;
import io.jethproxy.fleet.HandTicker;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Where answers are reviewed: the workers and the loop are queues that the test empties. */
class LongReviewsTest {

  private static final int LENGTH = 100;

  private final Call call = Calls.call(Calls.LOGS, new HandTicker());
  private final Queue<Runnable> workers = new ArrayDeque<>();
  private final Queue<Runnable> loop = new ArrayDeque<>();
  private final List<Outcome> reviewed = new ArrayList<>();
  private boolean isFull;

  private final LongReviews reviews =
      new LongReviews(
          (_, outcome) ->
              outcome instanceof Outcome.Answer answer && answer.result().length() >= LENGTH,
          task -> {
            if (isFull) {
              throw new RejectedExecutionException("full");
            }
            workers.add(task);
          },
          () -> loop::add);

  private void review(int length) {
    review(new Outcome.Answer(new RawJson(new byte[length], 0, length), "p", true));
  }

  private void review(Outcome outcome) {
    reviews.review(call, outcome, each -> each, reviewed::add);
  }

  private static void runAll(Queue<Runnable> tasks) {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  @Test
  void reviewsSmallAnswersAtOnce() {
    review(LENGTH - 1);

    assertThat(reviewed).hasSize(1);
  }

  @Test
  void leavesLargeAnswersToTheWorkersAndComesBackToTheLoop() {
    review(LENGTH);
    assertThat(reviewed).isEmpty();

    runAll(workers);
    assertThat(reviewed).isEmpty();

    runAll(loop);
    assertThat(reviewed).hasSize(1);
  }

  @Test
  void reviewsLargeAnswersAtOnceWhenTheWorkersRefuse() {
    isFull = true;

    review(LENGTH);

    assertThat(reviewed).hasSize(1);
  }

  @Test
  void boundsTheBytesThatWaitForTheWorkers() {
    int most = (int) LongReviews.BYTES_MAX;
    review(most + 1);
    assertThat(workers).hasSize(1);

    review(LENGTH);
    assertThat(workers).hasSize(1);
    assertThat(reviewed).hasSize(1);

    runAll(workers);
    review(LENGTH);
    review(LENGTH);
    assertThat(workers).hasSize(2);
  }
}
