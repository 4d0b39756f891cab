package io.jethproxy.dispatch;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.eth.MethodSpec.BlockParam;
import io.jethproxy.eth.Slices;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.RangeLimits;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;

/**
 * How many blocks a call asks for at once, and what of them: not every provider takes as many.
 *
 * @param blocks negative when unknown, or when it asks for no range
 * @param filter the object that says what is wanted
 */
record Width(long blocks, RawJson filter) {

  private static final Width UNKNOWN = new Width(-1, RawJson.ABSENT);

  static Width of(Call call) {
    if (call.method().block().kind() != BlockParam.Kind.RANGE) {
      return UNKNOWN;
    }
    return BlockRefs.of(call.method(), call.request().params())
            instanceof BlockRef.Range(BlockRef.Number(var from), BlockRef.Number(var to))
        ? new Width(to - from + 1, filter(call))
        : UNKNOWN;
  }

  private static RawJson filter(Call call) {
    return Slices.element(call.request().params(), call.method().block().index());
  }

  boolean isKnown() {
    return blocks > 0;
  }

  /** Whether the provider takes as many, as far as known. */
  boolean isTakenBy(Provider provider, RangeLimits limits) {
    return blocks <= limits.blocksMax(provider.identity())
        && knownKey(provider, limits)
            .filter(key -> blocks > limits.blocksMax(provider.identity(), key))
            .isEmpty();
  }

  /** What is looked for; empty when only a provider can tell, and when nothing is known of it. */
  private Optional<Hash> knownKey(Provider provider, RangeLimits limits) {
    return limits.knowsFilters(provider.id()) ? key() : Optional.empty();
  }

  private Optional<Hash> key() {
    return LogFilter.read(filter).map(LogFilter::key);
  }

  /** Learns from what the provider took, or did not take. */
  void learn(Provider provider, Outcome outcome, RangeLimits limits) {
    if (!isKnown()) {
      return;
    }
    switch (outcome) {
      case Outcome.Answer _ -> {
        limits.served(provider.id(), blocks);
        knownKey(provider, limits).ifPresent(key -> limits.served(provider.id(), key, blocks));
      }
      case Outcome.Unserved unserved -> learn(provider, unserved, limits);
      case Outcome.Rejected _, Outcome.Refused _ -> {}
    }
  }

  private void learn(Provider provider, Outcome.Unserved unserved, RangeLimits limits) {
    switch (unserved.trouble()) {
      case RANGE_TOO_LARGE -> limits.refusedRange(provider.id(), blocks, unserved.rangeBlocks());
      case RESPONSE_TOO_LARGE, EXECUTION_TIMEOUT ->
          key()
              .ifPresent(
                  key -> limits.refusedResults(provider.id(), key, blocks, unserved.rangeBlocks()));
      default -> {} // says nothing of the range
    }
  }
}
