package io.jethproxy.prepare;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Stage;
import io.jethproxy.chain.Chains;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Keccak;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.rpc.JsonCursor;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Answers what the gateway knows itself: the chain id, its own version, what a gateway without
 * accounts and miners says, and what the newest blocks of the chain tell. Costs no provider call.
 */
public final class AnswerLocally implements Stage {

  static final String BY_CHAIN = "chain";
  private static final String BY = "local";
  private static final RawJson TRUE = RawJson.of("true");
  private static final RawJson FALSE = RawJson.of("false");
  private static final RawJson ZERO = RawJson.of("\"0x0\"");
  private static final RawJson NOTHING = RawJson.of("[]");
  private static final RawJson MODULES =
      RawJson.of("{\"eth\":\"1.0\",\"net\":\"1.0\",\"web3\":\"1.0\"}");

  private final Outcome version;

  /** Answers that depend on the network alone; one each for the networks in use. */
  private final ConcurrentMap<Long, Outcome> chainIds = new ConcurrentHashMap<>();

  private final ConcurrentMap<Long, Outcome> netVersions = new ConcurrentHashMap<>();

  private final KeptBlocks blocks;

  /**
   * @param version the gateway's own, such as {@code 0.1.0}
   * @param demand hears of receipts that would be of use here
   */
  public AnswerLocally(String version, Chains chains, Demand demand) {
    this.blocks = new KeptBlocks(chains, demand);
    this.version = answer(RawJson.of("\"jeth-proxy/" + version + "\""));
  }

  @Override
  public CompletableFuture<Outcome> handle(Call call, Handler next) {
    if (call.method().exposure() == MethodSpec.Exposure.LOCAL) {
      return CompletableFuture.completedFuture(answer(call));
    }
    Optional<RawJson> known = blocks.answer(call);
    if (known.isEmpty()) {
      return next.handle(call);
    }
    call.journal().servedBy(BY_CHAIN);
    boolean firm = !known.get().isNull();
    return CompletableFuture.completedFuture(new Outcome.Answer(known.get(), BY_CHAIN, firm));
  }

  private Outcome answer(Call call) {
    Outcome outcome = outcomeOf(call);
    call.journal().servedBy(BY);
    return outcome;
  }

  private Outcome outcomeOf(Call call) {
    long chainId = call.network().chainId();
    return switch (call.method().name()) {
      case "eth_chainId" ->
          chainIds.computeIfAbsent(
              chainId, id -> answer(RawJson.of("\"0x" + Long.toHexString(id) + "\"")));
      case "net_version" ->
          netVersions.computeIfAbsent(chainId, id -> answer(RawJson.of("\"" + id + "\"")));
      case "web3_clientVersion" -> version;
      case "web3_sha3" -> keccak(call.request().params());
      case "net_listening" -> answer(TRUE);
      case "eth_syncing", "eth_mining" -> answer(FALSE);
      case "eth_hashrate" -> answer(ZERO);
      case "eth_accounts" -> answer(NOTHING);
      case "rpc_modules" -> answer(MODULES);
      default -> throw new IllegalStateException("no local answer for " + call.method().name());
    };
  }

  private static Outcome answer(RawJson result) {
    return new Outcome.Answer(result, BY, true);
  }

  private static Outcome keccak(RawJson params) {
    Optional<byte[]> data = params.first() == '[' ? firstData(params) : Optional.empty();
    if (data.isEmpty()) {
      return new Outcome.Refused(
          new Refusal(
              Refusal.Kind.INVALID_PARAMS,
              "params: no data (expected: one string of 0x and hex)",
              "invalid_params"));
    }
    return answer(RawJson.of('"' + Keccak.hash(data.get()).toString() + '"'));
  }

  private static Optional<byte[]> firstData(RawJson params) {
    JsonCursor cursor = JsonCursor.over(params);
    cursor.enterArray();
    if (!cursor.nextElement()) {
      return Optional.empty();
    }
    RawJson text = cursor.value();
    return text.first() == '"'
        ? Hex.data(text.bytes(), text.from() + 1, text.to() - 1)
        : Optional.empty();
  }
}
