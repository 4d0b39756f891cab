package io.jethproxy.subscribe;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Moment;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.Expenses;
import io.jethproxy.chain.LoggedChain;
import io.jethproxy.eth.ComputeUnits;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.verify.Verify;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The stage over a made chain, with a provider behind it that has all blocks that ever were. */
final class Polling {

  static final Outcome OUT =
      new Outcome.Refused(new Refusal(Refusal.Kind.NO_PROVIDER, "all are out", "no_provider"));

  private static final Methods METHODS = Methods.load();
  private static final Network MAINNET =
      new Network(LoggedChain.CHAIN_ID, "mainnet", List.of(), 12_000, Set.of());
  private static final Network OTHER = new Network(5, "other", List.of(), 12_000, Set.of());

  final LoggedChain chain = new LoggedChain();
  final FakeTicker ticker = new FakeTicker();
  final List<String> asked = new ArrayList<>();
  final NavigableMap<Long, Block> canonical = new TreeMap<>();
  private final Map<String, Block> blocks = new HashMap<>();
  private final Filters filters;

  /** What becomes of the honest answer to a question, by its method. */
  Function<String, UnaryOperator<Outcome>> provider = _ -> honest -> honest;

  Polling() {
    this(Filters.Config.DEFAULTS);
  }

  Polling(Filters.Config config) {
    Fleets fleets = new Fleets(List.of(), OptionalLong.empty(), ticker);
    Sources sources =
        new Sources(
            chain.chains(),
            fleets,
            METHODS,
            new Verify(_ -> {}),
            ticker,
            _ -> false,
            new Expenses(ComputeUnits.load(), ticker),
            config.bytesMax());
    filters = new Filters(sources, _ -> {}, ticker, () -> Runnable::run, Runnable::run, config);
    chain
        .chains()
        .of(LoggedChain.CHAIN_ID)
        .orElseThrow()
        .onMoved(moved -> {
          sources.moved(LoggedChain.CHAIN_ID, moved);
          moved.orphaned().forEach(block -> canonical.remove(block.number()));
          for (Block block : moved.added()) {
            blocks.put(block.hash().toString(), block);
            canonical.put(block.number(), block);
          }
        });
  }

  Outcome ask(String method, String params) {
    return ask(method, params, new Abandonment(), this::answer).join();
  }

  /** Of another network. */
  Outcome askElsewhere(String method, String params) {
    return filters.handle(call(OTHER, method, params, new Abandonment()), this::answer).join();
  }

  CompletableFuture<Outcome> ask(
      String method, String params, Abandonment abandonment, Handler next) {
    return filters.handle(call(MAINNET, method, params, abandonment), next);
  }

  String newFilter(String object) {
    return text(ask("eth_newFilter", "[" + object + "]"));
  }

  Outcome poll(String id) {
    return ask("eth_getFilterChanges", "[\"" + id + "\"]");
  }

  JsonNode changes(String id) {
    return json(poll(id));
  }

  static JsonNode json(Outcome outcome) {
    return JsonMapper.shared().readTree(((Outcome.Answer) outcome).result().text());
  }

  static String text(Outcome outcome) {
    return json(outcome).asString();
  }

  /** What an honest provider says. */
  CompletableFuture<Outcome> answer(Call call) {
    String method = call.method().name();
    asked.add(method);
    return CompletableFuture.completedFuture(provider.apply(method).apply(honest(method, call)));
  }

  private Outcome honest(String method, Call call) {
    JsonNode param = JsonMapper.shared().readTree(call.request().params().text()).get(0);
    String hash = param.isString() ? param.asString() : param.path("blockHash").asString("");
    Block block = blocks.get(hash);
    if (block == null) {
      return new Outcome.Answer(RawJson.of("[\"asked " + hash + "\"]"), "p", true);
    }
    String receipts = chain.receipts(block).text();
    return new Outcome.Answer(
        RawJson.of(method.equals("eth_getLogs") ? logs(receipts) : receipts), "p", true);
  }

  /** All but the last element. */
  static Outcome withoutTheLast(Outcome array) {
    JsonNode all = json(array);
    List<String> some =
        all.valueStream().map(JsonNode::toString).limit(Math.max(0, all.size() - 1)).toList();
    return new Outcome.Answer(RawJson.of("[" + String.join(",", some) + "]"), "liar", true);
  }

  static String logs(String receipts) {
    List<String> logs = new ArrayList<>();
    JsonMapper.shared()
        .readTree(receipts)
        .forEach(receipt -> receipt.path("logs").forEach(log -> logs.add(log.toString())));
    return "[" + String.join(",", logs) + "]";
  }

  private Call call(Network network, String method, String params, Abandonment abandonment) {
    return new Call(
        network,
        new Request(RawJson.of("1"), method, RawJson.of(params)),
        METHODS.of(method),
        Deadline.after(ticker, Duration.ofSeconds(10).toNanos()),
        new Journal(0, 1),
        abandonment,
        new Moment());
  }
}
