package io.jethproxy.prepare;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Stage;
import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.View;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Says exactly which block is meant: a tag becomes the number of a block that is agreed on, the
 * same one for all calls of a batch. Before the cache, so that equal questions have equal keys.
 *
 * <p>A call that came alone is resolved once more when nobody has its block any longer because the
 * chain has replaced it. While nothing is known of the chain, calls pass as they are.
 */
public final class Normalise implements Stage {

  private final Chains chains;
  private final Ticker ticker;

  public Normalise(Chains chains, Ticker ticker) {
    this.chains = chains;
    this.ticker = ticker;
  }

  @Override
  public CompletableFuture<Outcome> handle(Call call, Handler next) {
    if (!mayNameTag(call.method())) {
      return next.handle(call);
    }
    FinalityNeeded needed = FinalityNeeded.by(call);
    return needed.isNone()
        ? resolved(call, next)
        : new FinalityWait(call, needed, chains, ticker, known -> resolved(known, next)).start();
  }

  private static boolean mayNameTag(MethodSpec method) {
    return method.effect() == MethodSpec.Effect.READ
        && switch (method.block().kind()) {
          case BLOCK, RANGE -> true;
          case NONE, HASH, TRANSACTION -> false;
        };
  }

  private CompletableFuture<Outcome> resolved(Call call, Handler next) {
    Call exact = exact(call);
    CompletableFuture<Outcome> answer = next.handle(exact);
    if (call.moment().isShared() || isThere(answer)) {
      return answer;
    }
    return answer.thenCompose(outcome ->
        isMissing(outcome) && isReplaced(exact)
            ? next.handle(exact(call.anew()))
            : CompletableFuture.completedFuture(outcome));
  }

  private Call exact(Call call) {
    RawJson params = call.request().params();
    RawJson exact = new Resolution(Views.of(call, chains)).of(call.method(), params);
    return exact.equals(params) ? call : call.withParams(exact);
  }

  private static boolean isThere(CompletableFuture<Outcome> answer) {
    return answer.isDone() && !answer.isCompletedExceptionally() && !isMissing(answer.join());
  }

  private static boolean isMissing(Outcome outcome) {
    return outcome instanceof Outcome.Refused(Refusal refusal)
        && refusal.kind() == Refusal.Kind.MISSING_DATA
        && !refusal.reason().equals(Refusal.REORGANISED);
  }

  /** Whether the newest block that the call was resolved to is not of the chain any more. */
  private boolean isReplaced(Call exact) {
    return switch (BlockRefs.of(exact.method(), exact.request().params())) {
      case BlockRef.Number(var number) -> isReplaced(exact, number);
      case BlockRef.Range(_, BlockRef.Number(var number)) -> isReplaced(exact, number);
      case BlockRef.Range _, BlockRef.Tag _, BlockRef.ByHash _, BlockRef.None _ -> false;
    };
  }

  private boolean isReplaced(Call exact, long number) {
    Optional<Hash> meant = Views.of(exact, chains).block(number).map(Block::hash);
    View now = chains.view(exact.network().chainId());
    return meant.isPresent() && !now.block(number).map(Block::hash).equals(meant);
  }
}
