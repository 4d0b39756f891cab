package io.jethproxy.prepare;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Stage;
import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Attention;
import io.jethproxy.eth.MethodSpec;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Keeps the networks awake that are asked about. The first to ask about an idle one waits until its
 * chain is known as it is now, for half of its time at most. Above everything that looks at the
 * chain.
 */
public final class Wake implements Stage {

  private final LongFunction<Optional<Attention>> attentions;
  private final Ticker ticker;
  private final Supplier<? extends Executor> loop;

  /**
   * @param attentions that of each chain id; empty for a network that is not followed
   * @param loop the event loop of the calling thread
   */
  public Wake(
      LongFunction<Optional<Attention>> attentions,
      Ticker ticker,
      Supplier<? extends Executor> loop) {
    this.attentions = attentions;
    this.ticker = ticker;
    this.loop = loop;
  }

  @Override
  public CompletableFuture<Outcome> handle(Call call, Handler next) {
    if (call.method().exposure() == MethodSpec.Exposure.LOCAL) {
      return next.handle(call);
    }
    Optional<Attention> attention = attentions.apply(call.network().chainId());
    if (attention.isEmpty()) {
      return next.handle(call);
    }
    CompletableFuture<Void> awake = attention.get().asked();
    return awake.isDone() || !looksAtChain(call.method())
        ? next.handle(call)
        : wait(awake, call).thenCompose(_ -> next.handle(call));
  }

  /** What is sent needs no head. */
  private static boolean looksAtChain(MethodSpec method) {
    return switch (method.effect()) {
      case READ, FILTER, SUBSCRIPTION, NODE -> true;
      case BROADCAST, PRIVATE_SEND -> false;
    };
  }

  /** On the loop of the call, in time. */
  private CompletableFuture<Void> wait(CompletableFuture<Void> awake, Call call) {
    CompletableFuture<Void> waited = new CompletableFuture<>();
    Ticker.Alarm alarm =
        ticker.alarm(call.deadline().left(ticker.nanos()) / 2, () -> waited.complete(null));
    awake.whenCompleteAsync(
        (_, _) -> {
          alarm.cancel();
          waited.complete(null);
        },
        loop.get());
    return waited;
  }
}
