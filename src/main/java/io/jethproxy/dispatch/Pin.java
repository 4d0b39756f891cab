package io.jethproxy.dispatch;

import io.jethproxy.call.Call;
import io.jethproxy.chain.View;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The very block that a call is to be answered of, though it names only a number: the one that the
 * chain had there at the call's moment.
 */
record Pin(long number, Hash hash) {

  /** Take {@code {"blockHash": …}} in the place of a number (EIP-1898, and geth beyond it). */
  private static final Set<String> TAKE_OBJECT =
      Set.of(
          "eth_call",
          "eth_getBalance",
          "eth_getCode",
          "eth_getStorageAt",
          "eth_getTransactionCount",
          "eth_getProof",
          "eth_estimateGas",
          "eth_createAccessList");

  /** Take a bare hash in the place of a number, or are called otherwise with one. */
  private static final Map<String, String> WITH_HASH =
      Map.of(
          "eth_getBlockReceipts", "eth_getBlockReceipts",
          "eth_getBlockByNumber", "eth_getBlockByHash",
          "eth_getHeaderByNumber", "eth_getHeaderByHash",
          "eth_getBlockTransactionCountByNumber", "eth_getBlockTransactionCountByHash",
          "eth_getUncleCountByBlockNumber", "eth_getUncleCountByBlockHash",
          "eth_getUncleByBlockNumberAndIndex", "eth_getUncleByBlockHashAndIndex",
          "eth_getTransactionByBlockNumberAndIndex", "eth_getTransactionByBlockHashAndIndex",
          "eth_getRawTransactionByBlockNumberAndIndex", "eth_getRawTransactionByBlockHashAndIndex");

  private static final String LOGS = "eth_getLogs";

  /** Methods that find one of several things in a block, which lists them under these names. */
  private static final Map<String, String> PARTS =
      Map.of(
          "eth_getTransactionByBlockNumberAndIndex", "transactions",
          "eth_getRawTransactionByBlockNumberAndIndex", "transactions",
          "eth_getUncleByBlockNumberAndIndex", "uncles");

  /**
   * The block that the call means, or the last one of a range, which fixes all before it; empty
   * when the chain as it is kept does not tell.
   */
  static Optional<Pin> of(Call call, View view) {
    MethodSpec method = call.method();
    if (method.effect() != MethodSpec.Effect.READ || view.tip().isEmpty()) {
      return Optional.empty();
    }
    return switch (method.block().kind()) {
      case BLOCK, RANGE -> of(BlockRefs.of(method, call.request().params()), view);
      case NONE, HASH, TRANSACTION -> Optional.empty();
    };
  }

  private static Optional<Pin> of(BlockRef ref, View view) {
    return switch (ref) {
      case BlockRef.Number(var number) ->
          view.block(number).map(block -> new Pin(number, block.hash()));
      case BlockRef.Range(BlockRef.Number(var from), BlockRef.Number(var to)) when from <= to ->
          view.block(to).map(block -> new Pin(to, block.hash()));
      case BlockRef.Range _, BlockRef.Tag _, BlockRef.ByHash _, BlockRef.None _ -> Optional.empty();
    };
  }

  /** Whether the chain still has that block. */
  boolean isIn(View view) {
    return view.block(number).filter(block -> block.hash().equals(hash)).isPresent();
  }

  /**
   * The same call by the block's hash; empty when the method has no such form.
   *
   * @param isCanonical whether an answer is of no use when the provider is on another branch
   */
  Optional<Call> byHash(Call call, boolean isCanonical) {
    String name = call.method().name();
    RawJson params = call.request().params();
    RawJson given = Slices.element(params, call.method().block().index());
    if (name.equals(LOGS)) {
      return logsOfBlock(call, given)
          .map(filter -> asking(call, name, replaced(params, given, filter)));
    }
    if (TAKE_OBJECT.contains(name)) {
      String object = "{\"blockHash\":\"" + hash + "\",\"requireCanonical\":" + isCanonical + "}";
      return Optional.of(asking(call, name, replaced(params, given, object)));
    }
    String other = WITH_HASH.get(name);
    return other == null || given.first() != '"'
        ? Optional.empty()
        : Optional.of(asking(call, other, replaced(params, given, "\"" + hash + "\"")));
  }

  /** The filter with the block's hash; empty when it is one of several, or not understood. */
  private Optional<String> logsOfBlock(Call call, RawJson filter) {
    return BlockRefs.of(call.method(), call.request().params())
                instanceof BlockRef.Range(BlockRef.Number(var from), BlockRef.Number(var to))
            && from == to
            && LogFilter.read(filter).isPresent()
        ? Optional.of(
            "{\"blockHash\":\""
                + hash
                + '"'
                + member(filter, "address")
                + member(filter, "topics")
                + '}')
        : Optional.empty();
  }

  private static String member(RawJson object, String key) {
    RawJson value = Slices.member(object, key);
    return value.isAbsent() ? "" : ",\"" + key + "\":" + value.text();
  }

  /** Whether the block has what the call names by an index in it, or may have it. */
  boolean mayHavePart(Call call, View view) {
    String list = PARTS.get(call.method().name());
    if (list == null) {
      return false;
    }
    long index = Slices.quantity(Slices.element(call.request().params(), 1));
    return view.block(number)
        .filter(block -> block.hash().equals(hash))
        .map(block ->
            index >= 0 && index < Slices.elements(Slices.member(block.json(), list)).size())
        .orElse(true);
  }

  /** What is known of the method stays what the client's call is held to. */
  private static Call asking(Call call, String method, RawJson params) {
    return new Call(
        call.network(),
        new Request(call.request().id(), method, params),
        call.method(),
        call.deadline(),
        call.journal(),
        call.abandonment(),
        call.moment());
  }

  private static RawJson replaced(RawJson params, RawJson part, String ascii) {
    byte[] with = ascii.getBytes(StandardCharsets.US_ASCII);
    int before = part.from() - params.from();
    int after = params.to() - part.to();
    byte[] bytes = new byte[before + with.length + after];
    System.arraycopy(params.bytes(), params.from(), bytes, 0, before);
    System.arraycopy(with, 0, bytes, before, with.length);
    System.arraycopy(params.bytes(), part.to(), bytes, before + with.length, after);
    return new RawJson(bytes, 0, bytes.length);
  }
}
