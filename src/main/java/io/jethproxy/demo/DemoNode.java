package io.jethproxy.demo;

import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.RawTransaction;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Reply;
import io.jethproxy.rpc.Result;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A node that answers JSON-RPC over a {@link DemoChain}, some blocks behind it. Thread-safe. */
public final class DemoNode {

  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int EXECUTION_REVERTED = 3;
  private static final int SERVER_ERROR = -32000;
  private static final int PRUNED_HISTORY = 4444;
  private static final int SAFE_DEPTH = 6;
  private static final int FINALIZED_DEPTH = 12;
  private static final int FEE_HISTORY_MAX = 1024;
  private static final String TRANSFER_GAS = "0x5208";
  private static final String CALL_GAS = "0xcb20";

  private final DemoChain chain;
  private final Methods methods;
  private final String name;
  private final int lagBlocks;

  /**
   * A node.
   *
   * @param name part of its client version
   * @param lagBlocks how far its head is behind the chain's, not negative
   */
  public DemoNode(DemoChain chain, Methods methods, String name, int lagBlocks) {
    if (lagBlocks < 0) {
      throw new IllegalArgumentException("lagBlocks: " + lagBlocks + " (expected: >= 0)");
    }
    this.chain = chain;
    this.methods = methods;
    this.name = name;
    this.lagBlocks = lagBlocks;
  }

  /**
   * Answers one request.
   *
   * @param params valid JSON, or absent
   */
  public Reply answer(String method, RawJson params) {
    try {
      JsonNode tree = params.isAbsent() ? NODES.arrayNode() : MAPPER.readTree(params.text());
      if (!tree.isArray()) {
        throw new Refused(Fault.INVALID_PARAMS, "non-array args");
      }
      Question question = new Question(method, params, tree, view(chain.snapshot()));
      return new Result(RawJson.of(MAPPER.writeValueAsString(answer(question))));
    } catch (Refused refused) {
      return refused.fault;
    } catch (JacksonException e) {
      return new Fault(Fault.INVALID_PARAMS, "invalid argument");
    }
  }

  private record Question(String method, RawJson raw, JsonNode params, DemoChain.Snapshot view) {

    /** The param that must be a string. */
    String text(int index) {
      JsonNode param = params.path(index);
      if (!param.isString()) {
        throw new Refused(Fault.INVALID_PARAMS, "missing value for required argument " + index);
      }
      return param.asString();
    }
  }

  /** What the node would answer an error with; caught where the answer is made. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Fault fault;

    Refused(int code, String message) {
      this(new Fault(code, message));
    }

    Refused(Fault fault) {
      super(fault.message(), null, false, false);
      this.fault = fault;
    }
  }

  private JsonNode answer(Question question) {
    DemoBlock head = question.view().head();
    return switch (question.method()) {
      case "eth_chainId" -> quantity(DemoChain.CHAIN_ID);
      case "net_version" -> text(Long.toString(DemoChain.CHAIN_ID));
      case "eth_blockNumber" -> quantity(head.number());
      case "eth_getBlockByNumber", "eth_getBlockByHash" ->
          find(question)
              .<JsonNode>map(block -> DemoJson.block(block, full(question)))
              .orElseGet(NODES::nullNode);
      case "eth_getBlockReceipts" ->
          find(question).<JsonNode>map(DemoJson::receipts).orElseGet(NODES::nullNode);
      case "eth_getTransactionByHash" -> transaction(question);
      case "eth_getTransactionReceipt" -> receipt(question);
      case "eth_getLogs" -> logs(question);
      case "eth_getBalance" ->
          text(DemoJson.quantity(block(question).ledger().account(address(question)).wei()));
      case "eth_getTransactionCount" ->
          quantity(block(question).ledger().account(address(question)).nonce());
      case "eth_getCode" -> {
        block(question);
        yield text(DemoToken.code(address(question)));
      }
      case "eth_call" -> text(Hex.text(call(question)));
      case "eth_estimateGas" -> text(call(question).length == 0 ? TRANSFER_GAS : CALL_GAS);
      case "eth_gasPrice" -> quantity(DemoTransaction.GAS_PRICE_WEI);
      case "eth_maxPriorityFeePerGas" ->
          quantity(DemoTransaction.GAS_PRICE_WEI - DemoBlock.BASE_FEE_WEI);
      case "eth_feeHistory" -> feeHistory(question);
      case "eth_sendRawTransaction" -> send(question);
      case "eth_syncing" -> NODES.booleanNode(false);
      case "web3_clientVersion" -> text("DemoNode/v1.0.0/" + name);
      case "net_peerCount" -> quantity(25);
      default ->
          throw new Refused(
              Fault.METHOD_NOT_FOUND,
              "the method " + question.method() + " does not exist/is not available");
    };
  }

  /** The chain as this node has got it. */
  private DemoChain.Snapshot view(DemoChain.Snapshot now) {
    List<DemoBlock> seen =
        now.canonical().subList(0, Math.max(1, now.canonical().size() - lagBlocks));
    long head = seen.getLast().number();
    List<DemoBlock> orphans =
        now.orphans().stream().filter(block -> block.number() <= head).toList();
    return new DemoChain.Snapshot(seen, orphans, now.pending());
  }

  /** The block that the params name; empty when there is none. */
  private Optional<DemoBlock> find(Question question) {
    BlockRef ref = BlockRefs.of(methods.of(question.method()), question.raw());
    return switch (ref) {
      case BlockRef.ByHash(Hash hash) -> byHash(question.view(), hash);
      case BlockRef.Number _, BlockRef.Tag _ -> {
        long number = number(question.view(), ref);
        if (number < question.view().canonical().getFirst().number()) {
          throw new Refused(PRUNED_HISTORY, "pruned history unavailable");
        }
        yield question.view().byNumber(number);
      }
      case BlockRef.Range _, BlockRef.None _ ->
          throw new Refused(Fault.INVALID_PARAMS, "invalid argument: block");
    };
  }

  /** The block that the params name, which must be there. */
  private DemoBlock block(Question question) {
    return find(question).orElseThrow(() -> new Refused(SERVER_ERROR, "header not found"));
  }

  private static Optional<DemoBlock> byHash(DemoChain.Snapshot view, Hash hash) {
    return Stream.concat(view.canonical().reversed().stream(), view.orphans().stream())
        .filter(block -> block.hash().equals(hash))
        .findFirst();
  }

  private static long number(DemoChain.Snapshot view, BlockRef bound) {
    long head = view.head().number();
    return switch (bound) {
      case BlockRef.Number(long number) -> number;
      case BlockRef.Tag(BlockRef.Tag.Kind kind) ->
          switch (kind) {
            case LATEST, PENDING -> head;
            case SAFE -> Math.max(0, head - SAFE_DEPTH);
            case FINALIZED -> Math.max(0, head - FINALIZED_DEPTH);
            case EARLIEST -> view.canonical().getFirst().number();
          };
      case BlockRef.ByHash _, BlockRef.Range _, BlockRef.None _ ->
          throw new Refused(Fault.INVALID_PARAMS, "invalid argument: block");
    };
  }

  private static boolean full(Question question) {
    return question.params().path(1).asBoolean(false);
  }

  private static JsonNode transaction(Question question) {
    String hash = question.text(0).toLowerCase(Locale.ROOT);
    for (DemoTransaction each : question.view().pending()) {
      if (each.hash().toString().equals(hash)) {
        return DemoJson.pending(each);
      }
    }
    return place(question.view(), hash)
        .<JsonNode>map(place -> DemoJson.transaction(place.block(), place.index()))
        .orElseGet(NODES::nullNode);
  }

  private static JsonNode receipt(Question question) {
    return place(question.view(), question.text(0).toLowerCase(Locale.ROOT))
        .map(place -> DemoJson.receipts(place.block()).get(place.index()))
        .orElseGet(NODES::nullNode);
  }

  private record Place(DemoBlock block, int index) {}

  private static Optional<Place> place(DemoChain.Snapshot view, String hash) {
    for (DemoBlock block : view.canonical().reversed()) {
      for (int i = 0; i < block.transactions().size(); i++) {
        if (block.transactions().get(i).hash().toString().equals(hash)) {
          return Optional.of(new Place(block, i));
        }
      }
    }
    return Optional.empty();
  }

  private JsonNode logs(Question question) {
    LogFilter filter = LogFilter.of(question.params().path(0));
    ArrayNode found = NODES.arrayNode();
    switch (BlockRefs.of(methods.of(question.method()), question.raw())) {
      case BlockRef.ByHash(Hash hash) ->
          filter.addTo(
              found,
              byHash(question.view(), hash)
                  .orElseThrow(() -> new Refused(SERVER_ERROR, "unknown block")));
      case BlockRef.Range(BlockRef from, BlockRef to) -> {
        long first = number(question.view(), from);
        long last = number(question.view(), to);
        if (first > last) {
          throw new Refused(SERVER_ERROR, "invalid block range params");
        }
        question.view().canonical().stream()
            .filter(block -> block.number() >= first && block.number() <= last)
            .forEach(block -> filter.addTo(found, block));
      }
      case BlockRef.Number _, BlockRef.Tag _, BlockRef.None _ ->
          throw new Refused(Fault.INVALID_PARAMS, "invalid argument 0: filter");
    }
    return found;
  }

  private static Address address(Question question) {
    return address(question.text(0));
  }

  private static Address address(String text) {
    if (data(text).length != Address.LENGTH) {
      throw new Refused(Fault.INVALID_PARAMS, "invalid argument 0: address");
    }
    return new Address(text.toLowerCase(Locale.ROOT));
  }

  private static byte[] data(String text) {
    byte[] ascii = text.getBytes(StandardCharsets.UTF_8);
    return Hex.data(ascii, 0, ascii.length)
        .orElseThrow(() -> new Refused(Fault.INVALID_PARAMS, "invalid argument 0: hex string"));
  }

  /** What the called account answers; nothing when it has no code. */
  private byte[] call(Question question) {
    Ledger ledger = block(question).ledger();
    JsonNode call = question.params().path(0);
    Address to = address(call.path("to").asString(Address.NOBODY.text()));
    if (!to.equals(DemoToken.ADDRESS)) {
      return new byte[0];
    }
    byte[] input = data(call.path("input").asString(call.path("data").asString("0x")));
    String reason = "demo token: unknown function";
    return DemoToken.call(input, ledger)
        .orElseThrow(() ->
            new Refused(
                new Fault(
                    EXECUTION_REVERTED,
                    "execution reverted: " + reason,
                    RawJson.of('"' + DemoToken.revertData(reason) + '"'))));
  }

  private JsonNode feeHistory(Question question) {
    DemoBlock newest = block(question);
    long asked = count(question.params().path(0));
    long oldest =
        Math.max(question.view().canonical().getFirst().number(), newest.number() - asked + 1);
    ObjectNode history = NODES.objectNode();
    history.put("oldestBlock", Hex.quantity(oldest));
    ArrayNode baseFees = history.putArray("baseFeePerGas");
    ArrayNode ratios = history.putArray("gasUsedRatio");
    JsonNode percentiles = question.params().path(2);
    for (long number = oldest; number <= newest.number(); number++) {
      DemoBlock block = question.view().byNumber(number).orElseThrow();
      baseFees.add(Hex.quantity(DemoBlock.BASE_FEE_WEI));
      long gas = block.transactions().stream().mapToLong(DemoTransaction::gas).sum();
      ratios.add((double) gas / DemoBlock.GAS_LIMIT);
      if (!percentiles.isEmpty()) {
        ArrayNode reward = history.withArray("reward").addArray();
        long tip = DemoTransaction.GAS_PRICE_WEI - DemoBlock.BASE_FEE_WEI;
        percentiles.forEach(percentile -> reward.add(Hex.quantity(tip)));
      }
    }
    baseFees.add(Hex.quantity(DemoBlock.BASE_FEE_WEI));
    return history;
  }

  /** A number of blocks, as a JSON number or a quantity. */
  private static long count(JsonNode value) {
    byte[] text = value.asString("").getBytes(StandardCharsets.UTF_8);
    long count = value.isIntegralNumber() ? value.asLong() : Hex.quantity(text, 0, text.length);
    if (count < 1) {
      throw new Refused(Fault.INVALID_PARAMS, "invalid argument 0: blockCount");
    }
    return Math.min(count, FEE_HISTORY_MAX);
  }

  private JsonNode send(Question question) {
    Hash hash =
        RawTransaction.hashOf(question.raw())
            .orElseThrow(() -> new Refused(Fault.INVALID_PARAMS, "invalid argument 0: hex string"));
    return switch (chain.submit(data(question.text(0)))) {
      case ACCEPTED -> text(hash.toString());
      case ALREADY_KNOWN -> throw new Refused(SERVER_ERROR, "already known");
      case POOL_FULL -> throw new Refused(SERVER_ERROR, "txpool is full");
    };
  }

  private static JsonNode quantity(long value) {
    return text(Hex.quantity(value));
  }

  private static JsonNode text(String text) {
    return NODES.stringNode(text);
  }
}
