package io.jethproxy.dispatch;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.View;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.fleet.Holdings;
import io.jethproxy.fleet.Past;
import io.jethproxy.fleet.Provider;
import java.util.Optional;

/**
 * How far into the past a call reaches, and for what: not every provider keeps that.
 *
 * @param past what must have been kept; empty when nothing must
 * @param number of the oldest block that is asked for; negative when unknown
 * @param newest number of the newest block that is asked for; negative when unknown
 */
record Depth(Optional<Past> past, long number, long newest) {

  /**
   * @param view the chain as it is known, by which hashes get numbers
   */
  static Depth of(Call call, View view) {
    Optional<Past> past = Past.of(call.method());
    if (past.isEmpty()) {
      return new Depth(past, -1, -1);
    }
    BlockRef ref = BlockRefs.of(call.method(), call.request().params());
    return new Depth(past, oldest(ref, view), newest(ref, view));
  }

  private static long newest(BlockRef ref, View view) {
    return ref instanceof BlockRef.Range(_, var to) ? oldest(to, view) : oldest(ref, view);
  }

  private static long oldest(BlockRef ref, View view) {
    return switch (ref) {
      case BlockRef.Number(var number) -> number;
      case BlockRef.Range(var from, _) -> oldest(from, view);
      case BlockRef.Tag(var tag) -> tag == BlockRef.Tag.Kind.EARLIEST ? 0 : -1;
      case BlockRef.ByHash(var hash) -> view.block(hash).map(Block::number).orElse(-1L);
      case BlockRef.None _ -> -1;
    };
  }

  boolean isKnown() {
    return past.isPresent() && number >= 0;
  }

  /** Whether the provider may have kept it; one that was not asked may. */
  boolean isHeldBy(Provider provider, Holdings holdings) {
    return past.isEmpty()
        || number < 0
        || holdings.mayHold(provider.id(), past.get(), number, provider.head());
  }

  /** Learns from what the provider had, or had not. */
  void learn(Provider provider, Outcome outcome, Holdings holdings) {
    if (past.isEmpty() || number < 0) {
      return;
    }
    switch (outcome) {
      case Outcome.Answer(var result, _, _) -> {
        if (!result.isNull()) {
          holdings.served(provider.id(), past.get(), number, provider.head());
        }
      }
      case Outcome.Unserved unserved ->
          holdings.failed(
              provider.id(), past.get(), number, newest, unserved.trouble(), provider.head());
      case Outcome.Rejected _, Outcome.Refused _ -> {}
    }
  }
}
