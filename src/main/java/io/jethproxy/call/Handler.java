package io.jethproxy.call;

import java.util.concurrent.CompletableFuture;

/** The rest of the pipeline, as a stage sees it. */
@FunctionalInterface
public interface Handler {

  /**
   * Answers the call. The future completes on the call's own loop and never exceptionally for an
   * expected failure: those are {@link Outcome}s.
   */
  CompletableFuture<Outcome> handle(Call call);
}
