package io.jethproxy.call;

import java.util.concurrent.CompletableFuture;

/** One step of the pipeline: knows the outcome, or hands the call to the next. */
@FunctionalInterface
public interface Stage {

  CompletableFuture<Outcome> handle(Call call, Handler next);
}
