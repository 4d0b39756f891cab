package io.jethproxy.prepare;

import io.jethproxy.chain.View;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRef.Tag;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.Head;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.Set;

/**
 * Writes the number of a block in the place of {@code latest}, {@code safe} and {@code finalized},
 * and where a block that is left out means the latest. What the view does not know stays as it is:
 * one tag never stands for another.
 */
record Resolution(View view) {

  private static final long UNKNOWN = -1;

  /** Without their last param these mean the latest block; others might refuse, or mean another. */
  private static final Set<String> LATEST_IF_OMITTED =
      Set.of(
          "eth_getBalance",
          "eth_getCode",
          "eth_getTransactionCount",
          "eth_getStorageAt",
          "eth_getProof",
          "eth_call",
          "eth_estimateGas",
          "eth_createAccessList",
          "eth_simulateV1");

  /** The params with numbers; the very same when nothing is to be written. */
  RawJson of(MethodSpec method, RawJson params) {
    return switch (BlockRefs.of(method, params)) {
      case Tag(var kind) -> block(method, params, number(kind));
      case BlockRef.Range range -> range(method, params, range);
      case BlockRef.Number _, BlockRef.ByHash _, BlockRef.None _ -> params;
    };
  }

  private static RawJson block(MethodSpec method, RawJson params, long number) {
    if (number == UNKNOWN) {
      return params;
    }
    int index = method.block().index();
    RawJson given = Slices.element(params, index);
    Patch patch = new Patch(params);
    if (given.first() == '{') {
      patch.replace(Slices.member(given, "blockNumber"), quoted(number));
    } else if (given.first() == '"') {
      patch.replace(given, quoted(number));
    } else if (LATEST_IF_OMITTED.contains(method.name())) {
      if (given.isNull()) {
        patch.replace(given, quoted(number));
      } else if (Slices.elements(params).size() == index) {
        patch.insert(params.to() - 1, "," + quoted(number));
      }
    }
    return patch.applied();
  }

  private RawJson range(MethodSpec method, RawJson params, BlockRef.Range range) {
    if (isReversed(range)) {
      return params; // what that means is for others to say
    }
    RawJson object = Slices.element(params, method.block().index());
    Patch patch = new Patch(params);
    boolean omittedIsLatest = method.name().endsWith("_getLogs");
    String first = bound(patch, object, "fromBlock", range.from(), omittedIsLatest);
    String second = bound(patch, object, "toBlock", range.to(), omittedIsLatest);
    if (!(first + second).isEmpty()) {
      boolean isEmpty = Slices.isEmpty(object);
      String members = first.isEmpty() || second.isEmpty() ? first + second : first + "," + second;
      patch.insert(object.from() + 1, isEmpty ? members : members + ",");
    }
    return patch.applied();
  }

  /** Writes one end of a range where it stands; gives the member to add where there is none. */
  private String bound(
      Patch patch, RawJson object, String key, BlockRef ref, boolean omittedIsLatest) {
    long number = ref instanceof Tag(var kind) ? number(kind) : UNKNOWN;
    if (number == UNKNOWN) {
      return "";
    }
    RawJson given = Slices.member(object, key);
    if (given.first() == '"' || (given.isNull() && omittedIsLatest)) {
      patch.replace(given, quoted(number));
    } else if (given.isAbsent() && omittedIsLatest) {
      return '"' + key + "\":" + quoted(number);
    }
    return "";
  }

  private boolean isReversed(BlockRef.Range range) {
    long from = number(range.from());
    long to = number(range.to());
    return from != UNKNOWN && to != UNKNOWN && from > to;
  }

  private long number(BlockRef ref) {
    return switch (ref) {
      case BlockRef.Number(var number) -> number;
      case Tag(var kind) -> number(kind);
      case BlockRef.ByHash _, BlockRef.Range _, BlockRef.None _ -> UNKNOWN;
    };
  }

  private long number(Tag.Kind kind) {
    return switch (kind) {
      case LATEST -> view.tipNumber();
      case SAFE -> view.safe().map(Head::number).orElse(UNKNOWN);
      case FINALIZED -> view.finalizedNumber();
      case PENDING, EARLIEST -> UNKNOWN;
    };
  }

  private static String quoted(long number) {
    return '"' + Hex.quantity(number) + '"';
  }
}
