package io.jethproxy.config;

import io.jethproxy.fleet.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Everything that a user can set, checked.
 *
 * @param traces what the environment says of them
 * @param notices what the user should know but need not change, for the start-up log
 */
public record Config(
    @Key("The public listener: JSON-RPC, `/health`, `/ready`.") Server server,
    @Key("The operator's listener: `/metrics`, `/status`, `/health`, `/ready`.")
        Management management,
    @Key("Deadlines and what may be spent on a request.") Requests requests,
    @Key("What is known of the chains, and kept.") Chain chain,
    @Key("Filters that clients poll.") Filters filters,
    @Key("Subscriptions that clients listen to.") Subscriptions subscriptions,
    @Key("Questions for logs.") Logs logs,
    @Key(
            "Whether providers are asked what they keep and offer, soon after the start and each six"
                + " hours: old state, receipts, logs, blocks, proofs, traces. At most 47 questions"
                + " each time. Without it that is learned from their answers to clients alone.")
        boolean surveys,
    @Key(
            "How long requests are still served after SIGTERM, in seconds, 0 to 600. Longer than"
                + " the interval at which the balancer looks at `/ready`.")
        int drainSeconds,
    @Key("Logging.") Logging logging,
    @Key(
            value =
                "The providers, 1 to 500; required, here or in the variable, which replaces the"
                    + " list. Each item is a URL, or the keys below.",
            env = Config.PROVIDERS)
        List<ProviderConfig> providers,
    @Key(
            value =
                "WebSocket URLs of providers, `ws://` or `wss://`, of any mixture of chains, at most"
                    + " 500, besides the `ws` of each provider. They tell of new blocks at once; what"
                    + " they tell is looked up over HTTP. The variable replaces the list.",
            env = Config.SOCKETS)
        List<Secret> sockets,
    @Key(
            "The network of `POST /`: name or chain id. Without it, mainnet if there is one, else"
                + " the first that is found.")
        Optional<String> defaultNetwork,
    TracesConfig traces,
    List<String> notices) {

  static final String PROVIDERS = "RPC_PROVIDERS_HTTP";
  static final String SOCKETS = "RPC_PROVIDERS_WS";

  public Config {
    Bounds.within("providers", providers.size(), 0, 500);
    Bounds.within("sockets", sockets.size(), 0, 500);
    ProviderSockets.check(sockets);
    Bounds.within("drainSeconds", drainSeconds, 0, 600);
    defaultNetwork.ifPresent(name -> ProviderConfig.checkNetwork("defaultNetwork", name));
    if (server.port() != 0 && server.port() == management.port()) {
      throw new IllegalArgumentException(
          "management.port: " + management.port() + " (expected: another than server.port)");
    }
    providers = List.copyOf(providers);
    sockets = List.copyOf(sockets);
    notices = List.copyOf(notices);
  }

  static final Config DEFAULTS =
      new Config(
          Server.DEFAULTS,
          Management.DEFAULTS,
          Requests.DEFAULTS,
          Chain.DEFAULTS,
          Filters.DEFAULTS,
          Subscriptions.DEFAULTS,
          Logs.DEFAULTS,
          true,
          10,
          Logging.DEFAULTS,
          List.of(),
          List.of(),
          Optional.empty(),
          TracesConfig.NONE,
          List.of());

  /** All sockets to providers: the {@code ws} of each, and those of the list, with their ids. */
  public List<SocketConfig> providerSockets() {
    return ProviderSockets.of(providers, sockets);
  }

  /** The public listener. Sizes in bytes, times in seconds. */
  public record Server(
      @Key(value = "The address to listen on.", env = "HOST") String host,
      @Key(value = "The port, 0 to 65535; 0 takes any free one.", env = "PORT") int port,
      @Key("The largest request body, in bytes, 1024 to 268435456.") int bodyBytesMax,
      @Key("The largest request body after gunzip, in bytes, 1024 to 268435456.")
          int inflatedBytesMax,
      @Key("The most items of a batch, 1 to 10000.") int batchItemsMax,
      @Key("The most open client connections, 1 to 1000000.") int connectionsMax,
      @Key("When an idle keep-alive connection is closed, in seconds, 1 to 3600.")
          int idleTimeoutSeconds,
      @Key("How long a client may take for its headers, in seconds, 1 to 600.")
          int headerTimeoutSeconds,
      @Key("How long a client may take for its body, in seconds, 1 to 600.") int bodyTimeoutSeconds,
      @Key("Calls from web pages of other origins; off without origins.") Cors cors,
      @Key("WebSockets, on the same paths.") WebSocket webSocket) {

    public Server {
      Bounds.host("host", host);
      Bounds.within("port", port, 0, 65_535);
      Bounds.within("bodyBytesMax", bodyBytesMax, 1024, 1 << 28);
      Bounds.within("inflatedBytesMax", inflatedBytesMax, 1024, 1 << 28);
      Bounds.within("batchItemsMax", batchItemsMax, 1, 10_000);
      Bounds.within("connectionsMax", connectionsMax, 1, 1_000_000);
      Bounds.within("idleTimeoutSeconds", idleTimeoutSeconds, 1, 3600);
      Bounds.within("headerTimeoutSeconds", headerTimeoutSeconds, 1, 600);
      Bounds.within("bodyTimeoutSeconds", bodyTimeoutSeconds, 1, 600);
    }

    static final Server DEFAULTS =
        new Server(
            "0.0.0.0",
            8000,
            1 << 20,
            4 << 20,
            100,
            10_000,
            60,
            5,
            10,
            new Cors(List.of()),
            WebSocket.DEFAULTS);
  }

  /** WebSockets. */
  public record WebSocket(
      @Key("The largest message of a client, in bytes, 1024 to 268435456.") int messageBytesMax,
      @Key(
              "The most calls of one connection under way at once, 1 to 100000; beyond it nothing"
                  + " more is read from it.")
          int callsMax,
      @Key(
              "The most bytes that one client was told and has not taken, 1048576 to 1073741824;"
                  + " beyond it its connection is closed.")
          int unsentBytesMax,
      @Key(
              "The most connections of one client address at once, 1 to 1000000; an IPv6 network"
                  + " of 64 bits counts as one.")
          int perAddressMax) {

    public WebSocket {
      Bounds.within("messageBytesMax", messageBytesMax, 1024, 1 << 28);
      Bounds.within("callsMax", callsMax, 1, 100_000);
      Bounds.within("unsentBytesMax", unsentBytesMax, 1 << 20, 1 << 30);
      Bounds.within("perAddressMax", perAddressMax, 1, 1_000_000);
    }

    static final WebSocket DEFAULTS = new WebSocket(1 << 20, 256, 4 << 20, 1_000);
  }

  /** Which web pages may call the public listener. */
  public record Cors(
      @Key("Exact origins, such as `https://app.example`; never `*`.") List<String> origins) {

    private static final Pattern ORIGIN =
        Pattern.compile("https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?");

    public Cors {
      for (String origin : origins) {
        if (!ORIGIN.matcher(origin).matches()) {
          throw new IllegalArgumentException(
              "origins: "
                  + Shown.text(origin)
                  + " (expected: scheme, host and port only, such as https://app.example)");
        }
      }
      origins = List.copyOf(origins);
    }
  }

  /** The operator's listener. */
  public record Management(
      @Key(
              value = "The address to listen on; keep it away from strangers.",
              env = "MANAGEMENT_HOST")
          String host,
      @Key(value = "The port, 0 to 65535; 0 takes any free one.", env = "MANAGEMENT_PORT")
          int port) {

    public Management {
      Bounds.host("host", host);
      Bounds.within("port", port, 0, 65_535);
    }

    static final Management DEFAULTS = new Management("127.0.0.1", 8001);
  }

  /**
   * Deadlines and what may be spent on a request.
   *
   * @param retryBudget retries and hedges per request, as a share
   */
  public record Requests(
      @Key(
              value = "The deadline of one attempt at one provider, in seconds, 0.01 to 3600.",
              env = "TIMEOUT_SECONDS")
          double timeoutSeconds,
      @Key(
              value = "The deadline of a whole client request, in seconds, 0.01 to 3600.",
              env = "REQUEST_TIMEOUT_SECONDS")
          double requestTimeoutSeconds,
      @Key(
              "The deadline of a request for a long method (logs, traces, proofs), in seconds,"
                  + " 0.01 to 3600.")
          double longRequestTimeoutSeconds,
      @Key(
              "Whether a slow read is asked a second time elsewhere; off where every request is"
                  + " billed and latency does not matter.")
          boolean hedging,
      @Key("Retries and hedges for each request, as a share, 0 to 1.") double retryBudget,
      @Key("The largest answer of a provider, in bytes, 1024 to 1073741824.") int responseBytesMax,
      @Key("Whether clients may call `debug_`, `trace_` and `txpool_` methods.")
          boolean exposeTraceMethods) {

    public Requests {
      Bounds.within("timeoutSeconds", timeoutSeconds, 0.01, 3600);
      Bounds.within("requestTimeoutSeconds", requestTimeoutSeconds, 0.01, 3600);
      Bounds.within("longRequestTimeoutSeconds", longRequestTimeoutSeconds, 0.01, 3600);
      Bounds.within("retryBudget", retryBudget, 0, 1);
      Bounds.within("responseBytesMax", responseBytesMax, 1024, 1 << 30);
    }

    public long timeoutNanos() {
      return nanos(timeoutSeconds);
    }

    public long requestTimeoutNanos() {
      return nanos(requestTimeoutSeconds);
    }

    public long longRequestTimeoutNanos() {
      return nanos(longRequestTimeoutSeconds);
    }

    private static long nanos(double seconds) {
      return Math.round(seconds * TimeUnit.SECONDS.toNanos(1));
    }

    static final Requests DEFAULTS = new Requests(5, 10, 60, true, 0.2, 128 << 20, false);
  }

  /**
   * What is known of the chains, and kept.
   *
   * @param agree independent groups of providers
   */
  public record Chain(
      @Key(
              "How many independent groups of providers must show a block before it is served as"
                  + " the newest, 1 to 64; all of them when there are fewer.")
          int agree,
      @Key(
              "How many of the newest blocks of a network are kept at least, 128 to 1024, so that they"
                  + " are answered here; more on fast chains, at some 5 to 50 KB each.")
          int blocksMin,
      @Key(
              "When the receipts of new blocks are fetched, so that logs and receipts are answered"
                  + " here: `demand` (while clients ask for them), `always`, or `never`, also called"
                  + " `heads`: only heads are followed.")
          Receipts receipts,
      @Key(
              "Memory for the receipts of one network, in MiB, 0 to 16384; at most an eighth of the"
                  + " heap. What its blocks take, 32 MiB (or a sixteenth of the heap) at most, is part"
                  + " of it, up to half.")
          int receiptMebibytesMax,
      @Key(
              "Memory for answers that stay true, in MiB, 0 to 65536, at most a quarter of"
                  + " the heap; with 0 nothing is kept or shared.")
          int cacheMebibytesMax) {

    /** When receipts are fetched. */
    public enum Receipts {
      DEMAND,
      ALWAYS,
      NEVER,
      /** The same as never, named after what remains. */
      HEADS
    }

    public Chain {
      Bounds.within("agree", agree, 1, 64);
      Bounds.within("blocksMin", blocksMin, 128, 1_024);
      Bounds.within("receiptMebibytesMax", receiptMebibytesMax, 0, 16_384);
      Bounds.within("cacheMebibytesMax", cacheMebibytesMax, 0, 65_536);
    }

    public long receiptBytesMax() {
      return (long) receiptMebibytesMax << 20;
    }

    public long cacheBytesMax() {
      return (long) cacheMebibytesMax << 20;
    }

    static final Chain DEFAULTS = new Chain(2, 128, Receipts.DEMAND, 64, 128);
  }

  /** Filters that clients poll. */
  public record Filters(
      @Key("The most filters of all callers, 1 to 1000000.") int max,
      @Key(
              "The most filters of one caller on one network, 1 to 1000000; callers without a key"
                  + " count as one.")
          int perCallerMax,
      @Key("After how long without a poll a filter is forgotten, in seconds, 1 to 86400.")
          int idleSeconds) {

    public Filters {
      Bounds.within("max", max, 1, 1_000_000);
      Bounds.within("perCallerMax", perCallerMax, 1, 1_000_000);
      Bounds.within("idleSeconds", idleSeconds, 1, 86_400);
    }

    static final Filters DEFAULTS = new Filters(10_000, 10_000, 300);
  }

  /** Subscriptions that clients listen to. */
  public record Subscriptions(
      @Key("The most subscriptions of all clients, 1 to 10000000.") int max,
      @Key("The most subscriptions on one connection, 1 to 100000.") int perConnectionMax) {

    public Subscriptions {
      Bounds.within("max", max, 1, 10_000_000);
      Bounds.within("perConnectionMax", perConnectionMax, 1, 100_000);
    }

    static final Subscriptions DEFAULTS = new Subscriptions(100_000, 1_000);
  }

  /** Questions for logs. */
  public record Logs(
      @Key("The most blocks in one `eth_getLogs`, 1 to 1000000000; more is refused.")
          int rangeBlocksMax,
      @Key(
              "The most questions to providers that one `eth_getLogs` is split into, 1 to 100000;"
                  + " what takes more is refused.")
          int partsMax,
      @Key(
              "Whether answers over at most 1000 blocks are checked against the blooms of the"
                  + " blocks that they have no logs of. Only the newest blocks, at most 1000 below"
                  + " those that are kept: one question more for each that is not kept, one for each"
                  + " that may have such logs; all within `logs.partsMax`.")
          boolean checkBlooms) {

    public Logs {
      Bounds.within("rangeBlocksMax", rangeBlocksMax, 1, 1_000_000_000);
      Bounds.within("partsMax", partsMax, 1, 100_000);
    }

    static final Logs DEFAULTS = new Logs(100_000, 1_000, false);
  }

  /** Logging. */
  public record Logging(
      @Key(value = "`trace`, `debug`, `info`, `warn` or `error`.", env = "LOG_LEVEL") Level level,
      @Key(value = "A file to log to, besides standard output.", env = "LOG_FILE")
          Optional<Path> file,
      @Key(value = "`text` or `json`.", env = "LOG_FORMAT") Format format,
      @Key(
              value =
                  "Whether the line of a call, at `debug`, has its params and its answer, too: the"
                      + " first 1024 characters of each, redacted; of a transaction its hash only.",
              env = "LOG_BODIES")
          boolean bodies,
      @Key("Grafana Loki, besides standard output; off without a URL.") LokiConfig loki) {

    public Logging {
      loki.check();
    }

    /** From everything to failures only. */
    public enum Level {
      TRACE,
      DEBUG,
      INFO,
      WARN,
      ERROR
    }

    /** How a line looks. */
    public enum Format {
      TEXT,
      JSON
    }

    static final Logging DEFAULTS =
        new Logging(Level.INFO, Optional.empty(), Format.TEXT, false, LokiConfig.DEFAULTS);
  }
}
