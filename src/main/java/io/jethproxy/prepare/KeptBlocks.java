package io.jethproxy.prepare;

import io.jethproxy.call.Call;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.BlockReceipts;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.View;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the newest blocks of the chain, as they are kept, say to a call. Empty unless they say all
 * of it: what is not kept is not known, never absent. A block beyond the head is known not to be
 * there.
 */
final class KeptBlocks {

  private final Chains chains;
  private final Demand demand;

  KeptBlocks(Chains chains, Demand demand) {
    this.chains = chains;
    this.demand = demand;
  }

  /** The answer to a call that the blocks can answer. */
  Optional<RawJson> answer(Call call) {
    return switch (call.method().name()) {
      case "eth_blockNumber" -> tipNumber(call);
      case "eth_getBlockByNumber" -> isNumber(call) ? block(call) : Optional.empty();
      case "eth_getBlockByHash" -> block(call);
      case "eth_getBlockTransactionCountByNumber" ->
          isNumber(call) ? ofBlock(call, 1, KeptBlocks::transactionCount) : Optional.empty();
      case "eth_getBlockTransactionCountByHash" -> ofBlock(call, 1, KeptBlocks::transactionCount);
      case "eth_getHeaderByNumber", "eth_getUncleCountByBlockNumber" -> beyondTip(call, 1);
      case "eth_getTransactionByBlockNumberAndIndex" -> beyondTip(call, 2);
      case "eth_getBlockReceipts" ->
          ofBlock(call, 1, block -> receipts(call, block).map(BlockReceipts::json));
      case "eth_getTransactionReceipt" -> receipt(call);
      case "eth_getLogs" -> logs(call);
      default -> Optional.empty();
    };
  }

  private Optional<RawJson> tipNumber(Call call) {
    View view = Views.of(call, chains);
    return view.tip().map(tip -> RawJson.of('"' + Hex.quantity(tip.number()) + '"'));
  }

  /** Only with the hashes of its transactions: the transactions themselves are not kept. */
  private Optional<RawJson> block(Call call) {
    boolean hashesOnly = Slices.element(call.request().params(), 1).is("false");
    return ofBlock(call, 2, block -> hashesOnly ? Optional.of(block.json()) : Optional.empty());
  }

  private static Optional<RawJson> transactionCount(Block block) {
    RawJson transactions = Slices.member(block.json(), "transactions");
    return transactions.first() == '['
        ? Optional.of(RawJson.of('"' + Hex.quantity(Slices.elements(transactions).size()) + '"'))
        : Optional.empty();
  }

  private Optional<RawJson> beyondTip(Call call, int params) {
    return isNumber(call) ? ofBlock(call, params, _ -> Optional.empty()) : Optional.empty();
  }

  /** Whether the first param is no hash or object, which some methods do not take. */
  private static boolean isNumber(Call call) {
    return ref(call) instanceof BlockRef.Number
        && Slices.element(call.request().params(), 0).first() == '"';
  }

  private Optional<RawJson> ofBlock(
      Call call, int params, Function<Block, Optional<RawJson>> answer) {
    if (!hasParams(call, params)) {
      return Optional.empty();
    }
    View view = Views.of(call, chains);
    return switch (ref(call)) {
      case BlockRef.Number(var number) ->
          view.tip().isPresent() && number > view.tipNumber()
              ? Optional.of(RawJson.NULL)
              : view.block(number).flatMap(answer);
      case BlockRef.ByHash(var hash) -> view.block(hash).flatMap(answer);
      case BlockRef.Tag _, BlockRef.Range _, BlockRef.None _ -> Optional.empty();
    };
  }

  private Optional<RawJson> receipt(Call call) {
    RawJson text = Slices.content(Slices.element(call.request().params(), 0));
    Optional<Hash> hash = Hash.read(text.bytes(), text.from(), text.to());
    if (hash.isEmpty() || !hasParams(call, 1)) {
      return Optional.empty();
    }
    View view = Views.of(call, chains);
    Optional<RawJson> receipt = view.receipt(hash.get());
    if (receipt.isEmpty()) {
      view.tip().ifPresent(tip -> receipts(call, tip));
    }
    return receipt;
  }

  private Optional<RawJson> logs(Call call) {
    RawJson object = Slices.element(call.request().params(), 0);
    if (object.first() != '{' || !hasParams(call, 1)) {
      return Optional.empty();
    }
    Optional<LogFilter> filter = LogFilter.read(object);
    Optional<List<Block>> blocks = LogSearch.blocks(ref(call), Views.of(call, chains));
    return filter.isPresent() && blocks.isPresent() && haveReceipts(call, blocks.get())
        ? LogSearch.in(blocks.get(), filter.get())
        : Optional.empty();
  }

  private boolean haveReceipts(Call call, List<Block> blocks) {
    return blocks.stream().allMatch(block -> receipts(call, block).isPresent());
  }

  private Optional<BlockReceipts> receipts(Call call, Block block) {
    if (block.receipts().isEmpty()) {
      demand.receiptsWanted(call.network().chainId());
    }
    return block.receipts();
  }

  private static BlockRef ref(Call call) {
    return BlockRefs.of(call.method(), call.request().params());
  }

  private static boolean hasParams(Call call, int count) {
    return Slices.elements(call.request().params()).size() == count;
  }
}
