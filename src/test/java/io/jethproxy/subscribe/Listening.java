package io.jethproxy.subscribe;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Audience;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Line;
import io.jethproxy.call.Moment;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.Expenses;
import io.jethproxy.chain.LoggedChain;
import io.jethproxy.eth.ComputeUnits;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.eth.Slices;
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
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The stage over a made chain, with fake lines on two loops and a provider that has all blocks. */
final class Listening {

  static final Outcome OUT = Polling.OUT;

  static final Subscriptions.Config CONFIG =
      new Subscriptions.Config(1_000, 100_000, 64 << 20, 1_000, Duration.ofSeconds(1));

  private static final RawJson NOTHING = RawJson.of("[]");
  private static final Methods METHODS = Methods.load();
  private static final Network MAINNET =
      new Network(LoggedChain.CHAIN_ID, "mainnet", List.of(), 12_000, Set.of());

  final LoggedChain chain = new LoggedChain();
  final FakeTicker ticker = new FakeTicker();
  final FakeLoops loops;
  final List<String> asked = new ArrayList<>();
  final List<Call> booked = new ArrayList<>();
  final NavigableMap<Long, Block> canonical = new TreeMap<>();
  int receiptsWanted;
  int attended;

  /** Whether the last question for logs was for those of one block. */
  boolean askedByHash;

  /** How long providers take to answer; who asks waits no longer than his deadline. */
  long latencyMillis;

  /** Whether providers' answers wait until they are let go. */
  boolean isHoldingBack;

  private final List<Runnable> heldBack = new ArrayList<>();
  private final Map<String, Block> blocks = new HashMap<>();
  private final Subscriptions subscriptions;
  private final Sources sources;
  private final Ticker time;

  /** What becomes of the honest answer to a question, by its method. */
  Function<String, UnaryOperator<Outcome>> provider = _ -> honest -> honest;

  Listening() {
    this(CONFIG, 1);
  }

  Listening(Subscriptions.Config config, long seed) {
    loops = new FakeLoops(3, seed);
    time = loops.on(ticker);
    sources =
        new Sources(
            chain.chains(),
            new Fleets(List.of(), OptionalLong.empty(), ticker),
            METHODS,
            new Verify(_ -> {}),
            time,
            _ -> false,
            new Expenses(ComputeUnits.load(), ticker),
            64 << 20);
    subscriptions =
        new Subscriptions(
            sources,
            new Subscriptions.Surroundings(
                _ -> receiptsWanted++,
                _ -> attended++,
                booked::add,
                time,
                loops::current,
                _ -> loops.get(2),
                Runnable::run),
            config);
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
    chain
        .chains()
        .of(LoggedChain.CHAIN_ID)
        .orElseThrow()
        .onNews(() -> subscriptions.news(LoggedChain.CHAIN_ID));
  }

  Subscriptions stage() {
    return subscriptions;
  }

  Sources sources() {
    return sources;
  }

  /** A block that was never part of the chain here. */
  void knowElsewhere(Block block) {
    blocks.put(block.hash().toString(), block);
  }

  /** Asks on a line of the first or second loop; the answer is not on the wire yet. */
  CompletableFuture<Outcome> begin(Audience line, int loop, String method, String params) {
    AtomicReference<CompletableFuture<Outcome>> answer = new AtomicReference<>();
    loops
        .get(loop)
        .execute(() -> {
          try {
            answer.set(subscriptions.handle(call(line, method, params), this::answer));
          } catch (RuntimeException e) {
            answer.set(CompletableFuture.failedFuture(e));
          }
        });
    loops.run();
    return answer.get();
  }

  Outcome ask(FakeLine line, String method, String params) {
    return ask(line, 0, method, params);
  }

  /** Asks, and the answer is on the wire. */
  Outcome ask(FakeLine line, int loop, String method, String params) {
    CompletableFuture<Outcome> answer = begin(line, loop, method, params);
    for (int i = 0; i < 100 && !answer.isDone(); i++) {
      pass(Duration.ofMillis(50)); // who resumes waits for a chain that lags
    }
    Outcome outcome = answer.join();
    loops.on(loops.get(loop), line::answer);
    return outcome;
  }

  String subscribe(FakeLine line, String params) {
    return Polling.text(ask(line, "eth_subscribe", params));
  }

  void end(FakeLine line, int loop) {
    loops.on(loops.get(loop), () -> line.end(Line.End.SLOW, ""));
  }

  /** What happens by itself happens. */
  void settle() {
    loops.run();
  }

  void pass(Duration time) {
    loops.run();
    for (long left = time.toMillis(); left > 0; left -= 50) {
      ticker.advanceMillis(50);
      loops.run();
    }
  }

  private CompletableFuture<Outcome> answer(Call call) {
    String method = call.method().name();
    asked.add(method);
    Outcome outcome = provider.apply(method).apply(honest(method, call));
    CompletableFuture<Outcome> answer = new CompletableFuture<>();
    if (latencyMillis > 0) {
      long left = call.deadline().left(ticker.nanos());
      long latency = Duration.ofMillis(latencyMillis).toNanos();
      var _ =
          time.alarm(
              Math.min(left, latency), () -> answer.complete(left < latency ? OUT : outcome));
      return answer;
    }
    if (!isHoldingBack) {
      return CompletableFuture.completedFuture(outcome);
    }
    FakeLoops.Loop own = loops.current();
    heldBack.add(() -> own.execute(() -> answer.complete(outcome)));
    return answer;
  }

  /** Gives the answers that were held back; all others come at once again. */
  void letGo() {
    isHoldingBack = false;
    heldBack.forEach(Runnable::run);
    heldBack.clear();
    settle();
  }

  private Outcome honest(String method, Call call) {
    RawJson result = result(method, Slices.element(call.request().params(), 0));
    return new Outcome.Answer(result, "p", true);
  }

  private RawJson result(String method, RawJson first) {
    return switch (method) {
      case "eth_getBlockByHash" -> json(blocks.get(Slices.content(first).text()));
      case "eth_getBlockByNumber" -> json(canonical.get(Slices.quantity(first)));
      case "eth_getBlockReceipts" ->
          chain.receipts(Objects.requireNonNull(blocks.get(Slices.content(first).text())));
      case "eth_getLogs" -> logs(first);
      case "eth_getTransactionByHash" -> RawJson.of("{\"hash\":" + first.text() + "}");
      default -> throw new IllegalStateException(method);
    };
  }

  private static RawJson json(@Nullable Block block) {
    return block == null ? RawJson.NULL : block.json();
  }

  private RawJson logs(RawJson filter) {
    RawJson hash = Slices.member(filter, "blockHash");
    askedByHash = !hash.isAbsent();
    if (askedByHash) {
      Block block = blocks.get(Slices.content(hash).text());
      return block == null ? NOTHING : RawJson.of(Polling.logs(chain.receipts(block).text()));
    }
    LogFilter wanted = LogFilter.read(filter).orElseThrow();
    List<String> found = new ArrayList<>();
    canonical
        .subMap(
            Slices.quantity(Slices.member(filter, "fromBlock")),
            true,
            Slices.quantity(Slices.member(filter, "toBlock")),
            true)
        .values()
        .forEach(block ->
            Slices.elements(RawJson.of(Polling.logs(chain.receipts(block).text()))).stream()
                .filter(wanted::matches)
                .forEach(log -> found.add(log.text())));
    return RawJson.of("[" + String.join(",", found) + "]");
  }

  static Outcome unavailable() {
    return new Outcome.Refused(new Refusal(Refusal.Kind.NO_PROVIDER, "out", "no_provider"));
  }

  static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  static String quantity(long number) {
    return Hex.quantity(number);
  }

  private Call call(Audience line, String method, String params) {
    return new Call(
        MAINNET,
        new Request(RawJson.of("1"), method, RawJson.of(params)),
        METHODS.of(method),
        Deadline.after(ticker, Duration.ofSeconds(10).toNanos()),
        new Journal(0, 1),
        new Abandonment(),
        new Moment(),
        line);
  }
}
