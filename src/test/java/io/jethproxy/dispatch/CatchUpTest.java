package io.jethproxy.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.eth.Methods;
import io.jethproxy.fleet.Calls;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import io.jethproxy.testing.FakeTicker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CatchUpTest {

  private static final Outcome MISSING =
      new Outcome.Refused(new Refusal(Refusal.Kind.MISSING_DATA, "gone", Tally.MISSING));

  private final FakeTicker ticker = new FakeTicker();
  private final AtomicInteger asked = new AtomicInteger();

  private CompletableFuture<Outcome> ask(
      LongSupplier waitNanos, Supplier<CompletableFuture<Outcome>> question) {
    Call call =
        new Call(
            Calls.MAINNET,
            new Request(RawJson.of("1"), "eth_getBalance", RawJson.of("[]")),
            Methods.load().of("eth_getBalance"),
            new Deadline(ticker.nanos() + Duration.ofSeconds(10).toNanos()),
            new Journal(0, 1),
            new Abandonment());
    RetryBudget retries = new RetryBudget(RetryBudget.Config.RETRIES, ticker);
    return new CatchUp(call, ticker, retries, waitNanos, question).start();
  }

  private CompletableFuture<Outcome> missing() {
    asked.incrementAndGet();
    return CompletableFuture.completedFuture(MISSING);
  }

  @Test
  void waitsNoLongerThanThereIsSomethingToWaitFor() {
    AtomicLong waitNanos = new AtomicLong(Long.MAX_VALUE);
    CompletableFuture<Outcome> answer = ask(waitNanos::get, this::missing);
    ticker.advance(Duration.ofSeconds(3));
    boolean waits = !answer.isDone();

    waitNanos.set(Duration.ofSeconds(2).toNanos());
    ticker.advance(Duration.ofSeconds(1));

    assertThat(waits).isTrue();
    assertThat(asked.get()).isGreaterThan(2);
    assertThat(answer).isCompletedWithValue(MISSING);
  }

  @Test
  void endsWithTheDefectOfALaterQuestion() {
    CompletableFuture<Outcome> answer =
        ask(
            () -> Long.MAX_VALUE,
            () -> {
              if (asked.get() > 0) {
                throw new IllegalStateException("a defect");
              }
              return missing();
            });
    ticker.advance(Duration.ofMillis(100));

    assertThat(answer).isCompletedExceptionally();
  }
}
