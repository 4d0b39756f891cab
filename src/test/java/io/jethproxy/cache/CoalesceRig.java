package io.jethproxy.cache;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.chain.FedChain;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.transport.Loops;
import io.netty.channel.EventLoop;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The stage on real loops, above providers whose answers the test gives. */
final class CoalesceRig implements AutoCloseable {

  static final String BALANCE = "['0xa','0x70']";

  final FedChain chain = new FedChain(Asking.CHAIN, 0x70);
  final FakeTicker ticker = new FakeTicker();
  final Loops loops = new Loops(3);
  final Coalesce coalesce;
  final Handler providers = this::begin;
  private final AtomicInteger trips = new AtomicInteger();
  private final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();

  CoalesceRig(Coalesce.Config config) {
    coalesce = new Coalesce(chain.chains(), ticker, loops::own, config);
  }

  /** A trip that reached the providers. It ends at its deadline or when nobody waits, like all. */
  record Sent(Call call, EventLoop loop, CompletableFuture<Outcome> future) {

    void end(Outcome outcome) {
      loop.execute(() -> future.complete(outcome));
    }

    void answer(String result) {
      end(CoalesceRig.answer(result));
    }
  }

  /** What became of a call. */
  record Asked(Call call, EventLoop loop, CompletableFuture<Outcome> ended) {

    Outcome outcome() throws Exception {
      return ended.get(10, TimeUnit.SECONDS);
    }

    void goAway() throws Exception {
      loop.submit(call.abandonment()::declare).get(10, TimeUnit.SECONDS);
    }
  }

  private CompletableFuture<Outcome> begin(Call call) {
    trips.incrementAndGet();
    Sent trip = new Sent(call, loops.own(), new CompletableFuture<>());
    ticker.alarm(
        call.deadline().left(ticker.nanos()), () -> trip.future().complete(refused("deadline")));
    call.abandonment().onDeclared(() -> trip.future().complete(refused("abandoned")));
    sent.add(trip);
    return trip.future();
  }

  static Outcome answer(String result) {
    return new Outcome.Answer(RawJson.of(result), "p", true);
  }

  static Outcome refused(String reason) {
    return new Outcome.Refused(new Refusal(Refusal.Kind.TIMEOUT, "from below", reason));
  }

  /** Asks on one of the loops, and returns when the stage has taken the call. */
  Asked ask(int loop, Call call) throws Exception {
    return askLater(loop, call).get(10, TimeUnit.SECONDS);
  }

  Asked ask(int loop, String method, String params) throws Exception {
    return ask(loop, Asking.call(ticker, method, params));
  }

  CompletableFuture<Asked> askLater(int loop, Call call) {
    EventLoop home = loops.all().get(loop);
    CompletableFuture<Asked> taken = new CompletableFuture<>();
    home.execute(() -> {
      CompletableFuture<Outcome> ended = new CompletableFuture<>();
      coalesce
          .handle(call, providers)
          .whenComplete((outcome, defect) -> {
            if (!home.inEventLoop()) {
              ended.completeExceptionally(new AssertionError("on " + Thread.currentThread()));
            } else if (defect != null) {
              ended.completeExceptionally(defect);
            } else {
              ended.complete(outcome);
            }
          });
      taken.complete(new Asked(call, home, ended));
    });
    return taken;
  }

  /** The next trip that reaches the providers. */
  Sent sent() throws InterruptedException {
    Sent trip = sent.poll(10, TimeUnit.SECONDS);
    if (trip == null) {
      throw new AssertionError("no trip within 10 seconds");
    }
    return trip;
  }

  /** Trips so far, after all loops have done what they had to. */
  int trips() throws Exception {
    for (int i = 0; i < 3; i++) {
      for (EventLoop loop : loops.all()) {
        loop.submit(() -> {}).get(10, TimeUnit.SECONDS);
      }
    }
    return trips.get();
  }

  @Override
  public void close() {
    loops.close();
  }
}
