package io.jethproxy.prepare;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Stage;
import io.jethproxy.chain.Chains;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.rpc.RawJson;
import java.util.concurrent.CompletableFuture;

/**
 * Says exactly which block is meant: a tag becomes the number of a block that is agreed on, the
 * same one for all calls of a batch. Before the cache, so that equal questions have equal keys.
 *
 * <p>While nothing is known of the chain, calls pass as they are.
 */
public final class Normalise implements Stage {

  private final Chains chains;

  public Normalise(Chains chains) {
    this.chains = chains;
  }

  @Override
  public CompletableFuture<Outcome> handle(Call call, Handler next) {
    if (!mayNameTag(call.method())) {
      return next.handle(call);
    }
    RawJson params = call.request().params();
    RawJson exact = new Resolution(Views.of(call, chains)).of(call.method(), params);
    return next.handle(exact.equals(params) ? call : call.withParams(exact));
  }

  private static boolean mayNameTag(MethodSpec method) {
    return method.effect() == MethodSpec.Effect.READ
        && switch (method.block().kind()) {
          case BLOCK, RANGE -> true;
          case NONE, HASH, TRANSACTION -> false;
        };
  }
}
