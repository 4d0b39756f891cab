package io.jethproxy.app;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Network;
import io.jethproxy.eth.Networks;
import io.jethproxy.eth.Slices;
import io.jethproxy.observe.Redactor;
import io.jethproxy.rpc.JsonText;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.transport.HttpReply;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds out what one provider is and can do, by asking it at most {@value #CALLS_MAX} times. Of
 * what it says only its client version is shown, and that redacted.
 */
final class ProviderProbe {

  static final int CALLS_MAX = 24;

  private static final int TRIES = 2;
  private static final int LATENCY_CALLS = 5;
  private static final int CLIENT_CHARS_MAX = 40;
  private static final long[] DEPTHS = {1_000_000, 10_000, 128};
  private static final long[] RANGES = {10, 100, 1_000, 10_000, 100_000};
  private static final int FIRST_RANGE = 2;
  private static final int BATCH_ITEMS = 3;
  private static final String ADDRESS = "0x" + "0".repeat(40);
  private static final String TOPIC = "0x" + "0".repeat(64);

  private final String providerId;
  private final Optional<Network> configured;
  private final ProviderWire wire;
  private final Networks networks;
  private final Redactor redactor;
  private final JsonMapper mapper = JsonMapper.shared();

  ProviderProbe(
      String providerId,
      Optional<Network> configured,
      ProviderWire wire,
      Networks networks,
      Redactor redactor) {
    this.providerId = providerId;
    this.configured = configured;
    this.wire = wire;
    this.networks = networks;
    this.redactor = redactor;
  }

  Finding run() throws InterruptedException {
    Outcome told = askPatiently("eth_chainId");
    long chainId = quantity(told);
    if (chainId <= 0) {
      return new Finding.Out(providerId, configured, reason(told));
    }
    if (configured.isPresent() && configured.get().chainId() != chainId) {
      return new Finding.WrongChain(providerId, configured, chainId);
    }
    Outcome latest = askPatiently("eth_blockNumber");
    long head = quantity(latest);
    if (head < 0) {
      return new Finding.Out(providerId, configured, reason(latest));
    }
    return new Finding.Serves(
        providerId, configured, networks.byId(chainId), head, latencyMicros(), abilities(head));
  }

  private Finding.Abilities abilities(long head) throws InterruptedException {
    Outcome receipts = receiptsOf(head);
    return new Finding.Abilities(
        client(),
        depth(head),
        logs(head),
        batch(),
        receipts(receipts),
        finality(head),
        verified(head, receipts));
  }

  /** One bad moment is not held against it. */
  private Outcome askPatiently(String method) throws InterruptedException {
    Outcome outcome = wire.ask(method, "[]");
    for (int i = 1; i < TRIES && quantity(outcome) < 0; i++) {
      outcome = wire.ask(method, "[]");
    }
    return outcome;
  }

  private long latencyMicros() throws InterruptedException {
    long[] nanos = new long[LATENCY_CALLS];
    for (int i = 0; i < LATENCY_CALLS; i++) {
      long since = wire.nanos();
      wire.ask("eth_blockNumber", "[]");
      nanos[i] = wire.nanos() - since;
    }
    Arrays.sort(nanos);
    return nanos[LATENCY_CALLS / 2] / 1_000;
  }

  private String client() throws InterruptedException {
    Outcome outcome = wire.ask("web3_clientVersion", "[]");
    if (!(outcome instanceof Outcome.Answer(RawJson told, _, _)) || told.first() != '"') {
      return reason(outcome);
    }
    // Redacted before it is cut: half a secret is not recognised.
    String text = redactor.redact(JsonText.unquote(told)).replaceAll("[^\\x20-\\x7e]", "?");
    return text.length() <= CLIENT_CHARS_MAX ? text : text.substring(0, CLIENT_CHARS_MAX);
  }

  private String depth(long head) throws InterruptedException {
    Outcome atFirst = balance(Math.min(1, head));
    if (atFirst instanceof Outcome.Answer) {
      return "archive";
    }
    if (!isRefusal(atFirst)) {
      return reason(atFirst);
    }
    for (long depth : DEPTHS) {
      if (depth < head && balance(head - depth) instanceof Outcome.Answer) {
        return String.format(Locale.ROOT, "%,d", depth);
      }
    }
    return "none";
  }

  private Outcome balance(long block) throws InterruptedException {
    return wire.ask("eth_getBalance", "[\"" + ADDRESS + "\",\"" + Hex.quantity(block) + "\"]");
  }

  private String logs(long head) throws InterruptedException {
    Outcome first = logs(head, RANGES[FIRST_RANGE]);
    if (!(first instanceof Outcome.Answer)) {
      return isRefusal(first) ? narrowerLogs(head) : reason(first);
    }
    int widest = FIRST_RANGE;
    while (widest + 1 < RANGES.length
        && RANGES[widest] <= head
        && logs(head, RANGES[widest + 1]) instanceof Outcome.Answer) {
      widest++;
    }
    return RANGES[widest] > head ? "all" : String.format(Locale.ROOT, "%,d", RANGES[widest]);
  }

  private String narrowerLogs(long head) throws InterruptedException {
    for (int i = FIRST_RANGE - 1; i >= 0; i--) {
      if (logs(head, RANGES[i]) instanceof Outcome.Answer) {
        return String.format(Locale.ROOT, "%,d", RANGES[i]);
      }
    }
    return "none";
  }

  /** A filter that nothing matches, so that the range alone decides. */
  private Outcome logs(long head, long blocks) throws InterruptedException {
    String from = Hex.quantity(Math.max(0, head - blocks + 1));
    return wire.ask(
        "eth_getLogs",
        "[{\"fromBlock\":\"%s\",\"toBlock\":\"%s\",\"address\":\"%s\",\"topics\":[\"%s\"]}]"
            .formatted(from, Hex.quantity(head), ADDRESS, TOPIC));
  }

  private String batch() throws InterruptedException {
    StringBuilder batch = new StringBuilder("[");
    for (int id = 1; id <= BATCH_ITEMS; id++) {
      batch.append(id == 1 ? "" : ",");
      batch.append("{\"jsonrpc\":\"2.0\",\"id\":").append(id);
      batch.append(",\"method\":\"eth_chainId\",\"params\":[]}");
    }
    return wire.post(batch.append(']').toString()).map(this::batch).orElse("no answer");
  }

  private String batch(HttpReply reply) {
    if (reply.status() == 429 || reply.status() >= 500) {
      return "HTTP " + reply.status();
    }
    try {
      JsonNode answers = mapper.readTree(reply.bytes(), reply.from(), reply.to() - reply.from());
      boolean whole =
          answers.isArray()
              && answers.size() == BATCH_ITEMS
              && answers.valueStream().allMatch(answer -> answer.has("result"));
      return whole ? "yes" : "no";
    } catch (JacksonException e) {
      return "no";
    }
  }

  /** Not the newest: some machine behind the provider's balancer may not have it yet. */
  private static String recent(long head) {
    return Hex.quantity(Math.max(0, head - 2));
  }

  private Outcome receiptsOf(long head) throws InterruptedException {
    return wire.ask("eth_getBlockReceipts", "[\"" + recent(head) + "\"]");
  }

  private static String receipts(Outcome outcome) {
    if (outcome instanceof Outcome.Answer(RawJson receipts, _, _)) {
      return receipts.first() == '[' ? "yes" : "no";
    }
    return isRefusal(outcome) ? "no" : reason(outcome);
  }

  /** Such as {@code -32/-64}: safe and finalized, in blocks behind the head. */
  private String finality(long head) throws InterruptedException {
    return behind("safe", head) + "/" + behind("finalized", head);
  }

  private String behind(String tag, long head) throws InterruptedException {
    Outcome outcome = wire.ask("eth_getBlockByNumber", "[\"" + tag + "\",false]");
    if (!(outcome instanceof Outcome.Answer(RawJson block, _, _)) || block.first() != '{') {
      return isRefusal(outcome) && !isLate(outcome) ? "none" : "?";
    }
    long number = Slices.quantity(Slices.member(block, "number"));
    return number < 0 ? "?" : "-" + Math.max(0, head - number);
  }

  private static boolean isLate(Outcome outcome) {
    return outcome instanceof Outcome.Unserved unserved && unserved.trouble() == Trouble.TIMEOUT;
  }

  private String verified(long head, Outcome receipts) throws InterruptedException {
    Outcome outcome = wire.ask("eth_getBlockByNumber", "[\"" + recent(head) + "\",true]");
    RawJson given =
        receipts instanceof Outcome.Answer(RawJson answered, _, _) ? answered : RawJson.ABSENT;
    return outcome instanceof Outcome.Answer(RawJson block, _, _)
        ? BlockProof.of(block, given)
        : reason(outcome);
  }

  /** Whether this says that it will not, rather than that it cannot now. */
  private static boolean isRefusal(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Rejected _ -> true;
      case Outcome.Unserved(Trouble trouble, _, _, _, _, _) ->
          switch (trouble) {
            case METHOD_CLOSED,
                POLICY,
                PRUNED,
                MISSING_DATA,
                RANGE_TOO_LARGE,
                RESPONSE_TOO_LARGE,
                REQUEST_TOO_LARGE,
                EXECUTION_TIMEOUT,
                TIMEOUT ->
                true;
            case UNREACHABLE,
                DNS,
                TLS,
                CONNECT_TIMEOUT,
                BROKEN,
                BAD_STATUS,
                MALFORMED,
                WRONG_ID,
                WRONG_ANSWER,
                INTERNAL,
                OVERLOADED,
                THROTTLED,
                QUOTA_EXHAUSTED,
                BILLING,
                AUTH,
                WRONG_CHAIN,
                SYNCING,
                HASH_REFUSED,
                BUSY ->
                false;
          };
      case Outcome.Answer _, Outcome.Refused _ -> false;
    };
  }

  /** The number that was answered; negative when none was. */
  private static long quantity(Outcome outcome) {
    return outcome instanceof Outcome.Answer(RawJson told, _, _) && told.first() == '"'
        ? Hex.quantity(told.bytes(), told.from() + 1, told.to() - 1)
        : Hex.NO_QUANTITY;
  }

  private static String reason(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Unserved(Trouble trouble, _, _, _, _, _) -> trouble.label();
      case Outcome.Answer _ -> Trouble.MALFORMED.label();
      case Outcome.Rejected _, Outcome.Refused _ -> "refused";
    };
  }
}
