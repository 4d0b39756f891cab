package io.jethproxy.app;

import io.jethproxy.admit.Admit;
import io.jethproxy.cache.Cache;
import io.jethproxy.cache.Coalesce;
import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Pipeline;
import io.jethproxy.call.Stage;
import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.chain.Asking;
import io.jethproxy.chain.Attention;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.Branches;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.Expenses;
import io.jethproxy.chain.Follower;
import io.jethproxy.chain.HeadWatch;
import io.jethproxy.chain.ReceiptIntake;
import io.jethproxy.chain.Sightings;
import io.jethproxy.chain.View;
import io.jethproxy.config.Config;
import io.jethproxy.config.ProviderConfig;
import io.jethproxy.config.SocketConfig;
import io.jethproxy.dispatch.Dispatch;
import io.jethproxy.dispatch.LongReviews;
import io.jethproxy.eth.ByChain;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.eth.Networks;
import io.jethproxy.fleet.Dice;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.HashForms;
import io.jethproxy.fleet.Holdings;
import io.jethproxy.fleet.Identity;
import io.jethproxy.fleet.Offers;
import io.jethproxy.fleet.Provider;
import io.jethproxy.fleet.RangeLimits;
import io.jethproxy.fleet.Reason;
import io.jethproxy.fleet.Tolerance;
import io.jethproxy.hints.SocketWatch;
import io.jethproxy.hints.Sockets;
import io.jethproxy.hints.Surroundings;
import io.jethproxy.logs.Logs;
import io.jethproxy.observe.AccessLog;
import io.jethproxy.observe.ChainCounts;
import io.jethproxy.observe.Discretion;
import io.jethproxy.observe.Metrics;
import io.jethproxy.observe.Observer;
import io.jethproxy.observe.Recent;
import io.jethproxy.observe.Redactor;
import io.jethproxy.observe.Secrets;
import io.jethproxy.observe.Transitions;
import io.jethproxy.prepare.AnswerLocally;
import io.jethproxy.prepare.KeepUp;
import io.jethproxy.prepare.Normalise;
import io.jethproxy.prepare.Remember;
import io.jethproxy.prepare.Wake;
import io.jethproxy.rpc.Limits;
import io.jethproxy.server.Calls;
import io.jethproxy.server.Health;
import io.jethproxy.server.HttpLimits;
import io.jethproxy.server.Insight;
import io.jethproxy.server.Listener;
import io.jethproxy.server.Server;
import io.jethproxy.server.Status;
import io.jethproxy.server.WebSocketLimits;
import io.jethproxy.subscribe.Filters;
import io.jethproxy.subscribe.Sources;
import io.jethproxy.subscribe.Subscriptions;
import io.jethproxy.survey.Survey;
import io.jethproxy.transport.BodyBudget;
import io.jethproxy.transport.HttpTransport;
import io.jethproxy.transport.Loops;
import io.jethproxy.transport.SocketDialler;
import io.jethproxy.transport.SocketTarget;
import io.jethproxy.transport.Target;
import io.jethproxy.verify.SelfTest;
import io.jethproxy.verify.Verify;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wires a {@link Gateway} together: the one place that knows all parts. The list of stages is in
 * {@link #pipeline}; everything else is what they need.
 */
public final class Assembly {

  /** More calls under way than this are shed: at some 10 KB each they still fit a small heap. */
  private static final int CALLS_MAX = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);

  private static final long SELF_TEST_NANOS = TimeUnit.SECONDS.toNanos(5);

  /**
   * Answers of another branch, however many, have the heads of a network looked at once in this.
   */
  private static final long STRAY_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** New blocks have their receipts by then, unless something is wrong with who gives them. */
  private static final Duration RECEIPTS_PATIENCE = Duration.ofSeconds(1);

  private static final long STALL_MILLIS = 10_000;
  private static final int MANAGEMENT_CONNECTIONS_MAX = 256;

  private final Config config;
  private final Secrets secrets;
  private final Loops loops;
  private final Ticker ticker;
  private final Dice dice = new Dice(System.nanoTime());
  private final Knowledge knowledge;
  private final Networks networks;
  private final Methods methods;
  private final ExecutorService workers = Workers.start();
  private final ExecutorService lookups = Executors.newVirtualThreadPerTaskExecutor();
  private final Fleets fleets;
  private final Metrics metrics;
  private final Recent recent;
  private final Transitions transitions;
  private final Branches branches = new Branches();
  private final Chains chains = new Chains();
  private final Expenses expenses;
  private final Verify verify;
  private final Map<Long, Follower> followers = new ConcurrentHashMap<>();
  private final Sources sources;
  private final Filters filters;
  private final Subscriptions subscriptions;
  private final Sockets sockets;
  private final Tls tls = new Tls();
  private final Map<Long, ChainCounts> chainCounts = new ConcurrentHashMap<>();
  private final Holdings holdings;
  private final Offers families;
  private final HashForms forms;
  private final RangeLimits ranges;
  private final Remember remember;
  private final Optional<Cache> cache;
  private final Optional<Coalesce> coalesce;
  private final ByChain<Attention> attentions = new ByChain<>();
  private final Health health;
  private final FileLimit files = FileLimit.ofProcess();
  private final Map<String, ProviderConfig> providerConfigs = new HashMap<>();
  private final Map<String, Survey> surveys = new HashMap<>();
  private final List<HttpTransport> transports = new ArrayList<>();
  private final List<Following> followings = new ArrayList<>();
  private final List<SocketFollowing> socketFollowings = new ArrayList<>();

  private Assembly(
      Config config,
      Knowledge knowledge,
      LongSupplier droppedLogLines,
      Secrets secrets,
      Loops loops,
      Ticker ticker) {
    this.config = config;
    this.knowledge = knowledge;
    this.networks = knowledge.networks();
    this.methods = knowledge.methods();
    this.secrets = secrets;
    this.loops = loops;
    this.ticker = ticker;
    this.expenses = new Expenses(knowledge.computeUnits(), ticker);
    this.fleets =
        new Fleets(
            config.providers().stream().map(Assembly::identity).toList(), preferredChain(), ticker);
    this.metrics =
        new Metrics(
            Version.TEXT,
            Arrays.stream(Reason.values()).map(Reason::label).toList(),
            methods::knows,
            droppedLogLines);
    this.recent = new Recent(ticker.nanos());
    this.transitions = new Transitions(ticker, new Redactor(secrets));
    this.verify =
        new Verify(
            new AtMost(
                ticker,
                STRAY_LOOK_NANOS,
                chainId -> followings.forEach(following -> following.suspect(chainId))));
    this.sockets = new Sockets(networks);
    this.sources =
        new Sources(
            chains,
            fleets,
            methods,
            verify,
            ticker,
            sockets::hearPendingOf,
            Math.min(Filters.Config.BYTES_MAX, heapShare(16)));
    this.filters = filters();
    this.subscriptions = subscriptions();
    this.health = new Health(fleets, sockets::unserved);
    this.holdings = new Holdings(ticker);
    this.families = new Offers(ticker);
    this.forms = new HashForms(ticker);
    this.ranges = new RangeLimits(ticker);
    this.remember = new Remember(chains, ticker);
    this.cache = cache();
    this.coalesce =
        cache.map(_ -> new Coalesce(chains, ticker, loops::current, Coalesce.Config.DEFAULTS));
  }

  /** A gateway on the system's clock. */
  public static Gateway gateway(Config config, LongSupplier droppedLogLines, Secrets secrets) {
    return gateway(config, Knowledge::load, droppedLogLines, secrets, LoopTicker::new);
  }

  /** A gateway on any clock. */
  public static Gateway gateway(
      Config config,
      LongSupplier droppedLogLines,
      Secrets secrets,
      Function<Loops, Ticker> tickers) {
    return gateway(config, Knowledge::load, droppedLogLines, secrets, tickers);
  }

  /**
   * A gateway, not started yet.
   *
   * @param knowledge gives the data files, perhaps after a while
   * @param droppedLogLines for the metrics
   * @param secrets learns every secret of the configuration, so that no log can show one
   * @param tickers makes the clock
   * @throws ConfigurationException when the configuration contradicts itself or the network table
   */
  static Gateway gateway(
      Config config,
      Supplier<Knowledge> knowledge,
      LongSupplier droppedLogLines,
      Secrets secrets,
      Function<Loops, Ticker> tickers) {
    Loops loops = new Loops(Runtime.getRuntime().availableProcessors());
    try {
      return new Assembly(
              config, knowledge.get(), droppedLogLines, secrets, loops, tickers.apply(loops))
          .assemble();
    } catch (RuntimeException e) {
      loops.close();
      throw e;
    }
  }

  private Gateway assemble() {
    tellWhenTheHeapIsSmall();
    learnSecrets(config, secrets);
    follow();
    listen();
    Pipeline pipeline = pipeline();
    Calls calls =
        new Calls(
            pipeline,
            methods,
            ticker,
            new Calls.Config(
                Duration.ofNanos(config.requests().requestTimeoutNanos()),
                Duration.ofNanos(config.requests().longRequestTimeoutNanos())),
            Observer.all(List.of(metrics, recent, new AccessLog())),
            new Discretion(secrets));
    Listener rpc = rpcListener(calls);
    metrics.read(new FleetReadings(insight(), rpc));
    return new Gateway(
        new Gateway.Parts(
            config,
            loops,
            ticker,
            health,
            calls,
            rpc,
            managementListener(pipeline),
            followings,
            socketFollowings,
            transports,
            List.of(workers, lookups),
            pipeline.names(),
            metrics));
  }

  /** What a call goes through, in order. */
  private Pipeline pipeline() {
    Config.Requests requests = config.requests();
    List<Stage> stages = new ArrayList<>();
    stages.add(new Admit(new Admit.Config(requests.exposeTraceMethods(), CALLS_MAX)));
    stages.add(
        new Wake(chainId -> Optional.ofNullable(attentions.get(chainId)), ticker, loops::current));
    stages.add(filters);
    stages.add(subscriptions);
    stages.add(new Normalise(chains, ticker));
    stages.add(remember);
    stages.add(new KeepUp(chains, ticker, this::lookNow));
    stages.add(logs());
    stages.add(new AnswerLocally(Version.TEXT, chains, this::receiptsWanted));
    cache.ifPresent(stages::add);
    coalesce.ifPresent(stages::add);
    return Pipeline.of(stages.toArray(Stage[]::new))
        .endingIn(
            new Dispatch(
                fleets,
                chains,
                methods,
                ticker,
                dice,
                this::offers,
                this::verified,
                new LongReviews(verify::isLong, workers, loops::current),
                holdings,
                ranges,
                forms,
                families,
                new Dispatch.Config(
                    Duration.ofNanos(requests.timeoutNanos()),
                    requests.hedging(),
                    requests.retryBudget())));
  }

  private Filters filters() {
    Config.Filters kept = config.filters();
    return new Filters(
        sources,
        this::receiptsWanted,
        ticker,
        loops::current,
        workers,
        new Filters.Config(
            kept.max(),
            kept.perCallerMax(),
            Duration.ofSeconds(kept.idleSeconds()),
            Math.min(Filters.Config.BYTES_MAX, heapShare(16))));
  }

  private Subscriptions subscriptions() {
    Config.Subscriptions kept = config.subscriptions();
    boolean isFetched = mode(config.chain().receipts()) != ReceiptIntake.Mode.NEVER;
    return new Subscriptions(
        sources,
        new Subscriptions.Surroundings(
            this::receiptsWanted,
            chainId -> Optional.ofNullable(attentions.get(chainId)).ifPresent(Attention::asked),
            metrics::askedForListeners,
            ticker,
            loops::current,
            chainId -> loops.all().get((int) (chainId % loops.all().size())),
            workers),
        new Subscriptions.Config(
            kept.perConnectionMax(),
            kept.max(),
            Math.min(Filters.Config.BYTES_MAX, heapShare(16)),
            config.logs().rangeBlocksMax(),
            isFetched ? RECEIPTS_PATIENCE : Duration.ZERO));
  }

  private Optional<Cache> cache() {
    long bytesMax = Math.min(config.chain().cacheBytesMax(), heapShare(4));
    return bytesMax > 0
        ? Optional.of(new Cache(chains, ticker, methods::knows, new Cache.Config(bytesMax)))
        : Optional.empty();
  }

  private Insight insight() {
    return new Insight(
        fleets,
        chains,
        chainCounts,
        expenses,
        verify,
        holdings,
        families,
        surveys,
        forms,
        ranges,
        sockets,
        remember,
        cache,
        coalesce,
        subscriptions,
        config.chain().receipts().name().toLowerCase(Locale.ROOT));
  }

  private Logs logs() {
    Logs.Config limits =
        new Logs.Config(
            config.logs().rangeBlocksMax(),
            config.logs().partsMax(),
            responseBytesMax(),
            Math.max(heapShare(4), responseBytesMax()));
    Optional<Methods> blooms =
        config.logs().checkBlooms() ? Optional.of(methods) : Optional.empty();
    return new Logs(fleets, chains, ranges, blooms, limits);
  }

  private void receiptsWanted(long chainId) {
    Follower follower = followers.get(chainId);
    if (follower != null) {
      follower.receiptsWanted();
    }
  }

  private Outcome verified(Call call, Outcome outcome) {
    View now = chains.view(call.network().chainId());
    Outcome checked = verify.check(call, outcome, now);
    return call.moment().isShared() ? ofMoment(call, checked, now) : checked;
  }

  /** What is true now may be of another chain than the rest of the batch; nobody is to blame. */
  private Outcome ofMoment(Call call, Outcome outcome, View now) {
    View then = call.moment().fix(View.class, () -> now);
    return outcome instanceof Outcome.Answer answer
            && then.version() != now.version()
            && verify.check(call, outcome, then) instanceof Outcome.Unserved
        ? new Outcome.Unserved(Trouble.MISSING_DATA, answer.by())
        : outcome;
  }

  private boolean offers(Provider provider, String method) {
    ProviderConfig configured = providerConfigs.get(provider.id());
    return configured == null || configured.methods().permits(method);
  }

  static void learnSecrets(Config config, Secrets secrets) {
    for (ProviderConfig provider : config.providers()) {
      secrets.learnUrl(provider.url().reveal());
      secrets.learn(provider.headers().values().stream().map(value -> value.reveal()).toList());
    }
    config.providerSockets().forEach(socket -> secrets.learnUrl(socket.url().reveal()));
  }

  // Providers.

  private void follow() {
    HttpTransport.Shared shared =
        new HttpTransport.Shared(
            ticker,
            loops,
            tls,
            knowledge.classify(),
            BodyBudget.ofHeap(heapShare(1), responseBytesMax()),
            lookups,
            responseBytesMax());
    HeadWatch.Surroundings surroundings =
        new HeadWatch.Surroundings(
            networks, fleets, branches, ticker, this::followerOf, expenses, sockets::tellOf);
    for (ProviderConfig provider : config.providers()) {
      followings.add(following(provider, shared, surroundings));
    }
  }

  /** Opens the sockets that tell of new blocks. */
  private void listen() {
    SocketDialler.Shared shared = new SocketDialler.Shared(ticker, loops, tls, lookups);
    Surroundings surroundings =
        new Surroundings(
            networks,
            fleets,
            chains,
            ticker,
            dice,
            this::isIdle,
            new SocketNews(
                fleets,
                followings.stream()
                    .collect(
                        Collectors.toMap(each -> each.watch().providerId(), Function.identity())),
                sockets,
                subscriptions));
    for (SocketConfig configured : config.providerSockets()) {
      SocketWatch watch =
          new SocketWatch(
              configured.id(),
              configured.providerId(),
              configured.network().map(this::chainOf).orElse(OptionalLong.empty()),
              new SocketDialler(SocketTarget.of(configured.url(), configured.headers()), shared),
              surroundings);
      sockets.add(watch);
      socketFollowings.add(
          new SocketFollowing(
              watch, loops.all().get(socketFollowings.size() % loops.all().size())));
    }
  }

  private boolean isIdle(long chainId) {
    Attention attention = attentions.get(chainId);
    return attention != null && attention.isIdle();
  }

  private long responseBytesMax() {
    return BodyBudget.answerBytesMax(heapShare(1), config.requests().responseBytesMax());
  }

  private void tellWhenTheHeapIsSmall() {
    long wanted = config.requests().responseBytesMax();
    if (responseBytesMax() < wanted) {
      LOG.info(
          "requests.responseBytesMax: {} bytes are used, a third of the heap (configured: {}); a"
              + " larger heap takes more",
          responseBytesMax(),
          wanted);
    }
  }

  private static long heapShare(int parts) {
    return Runtime.getRuntime().maxMemory() / parts;
  }

  private Following following(
      ProviderConfig configured, HttpTransport.Shared shared, HeadWatch.Surroundings surroundings) {
    providerConfigs.put(configured.id(), configured);
    HttpTransport transport =
        new HttpTransport(
            configured.id(),
            configured.vendor(),
            Target.of(configured.url(), configured.headers()),
            shared);
    transports.add(transport);
    Identity identity = identity(configured);
    Optional<Survey> survey = surveyOf(configured);
    LongFunction<Provider> recruit =
        chainId -> {
          Provider provider =
              new Provider(
                  identity,
                  chainId,
                  transport,
                  ticker,
                  providerConfig(configured),
                  dice,
                  this::announce);
          survey.ifPresent(each -> each.start(provider));
          return provider;
        };
    HeadWatch watch =
        new HeadWatch(
            configured.id(),
            transport,
            configured.network().map(this::chainOf).orElse(OptionalLong.empty()),
            recruit,
            surroundings,
            this::nudgeOthers);
    return new Following(watch, survey, loops.all().get(followings.size() % loops.all().size()));
  }

  private Optional<Survey> surveyOf(ProviderConfig configured) {
    if (!config.surveys() || configured.privateTransactions()) {
      return Optional.empty();
    }
    Survey survey =
        new Survey(
            new Survey.Surroundings(
                methods,
                fleets,
                holdings,
                families,
                expenses,
                this::offers,
                config.requests().exposeTraceMethods(),
                ticker,
                dice));
    surveys.put(configured.id(), survey);
    return Optional.of(survey);
  }

  /** Who keeps the network's log; made for its first provider. */
  private Sightings followerOf(Network network) {
    return followers.computeIfAbsent(network.chainId(), _ -> newFollower(network));
  }

  private Follower newFollower(Network network) {
    Config.Chain chain = config.chain();
    ChainLog.Config usual = ChainLog.Config.DEFAULTS;
    ChainLog log =
        new ChainLog(
            new ChainLog.Config(
                chain.agree(), chain.blocksMin(), usual.blocksMax(), receiptBytesMax()),
            TimeUnit.MILLISECONDS.toNanos(network.blockTimeMillis()));
    Attention attention =
        new Attention(
            ticker,
            chain.receipts() != Config.Chain.Receipts.ALWAYS,
            () -> wake(network.chainId()));
    attentions.put(network.chainId(), attention);
    log.onMoved(moved -> {
      sources.moved(network.chainId(), moved);
      if (filters.isAnyOf(network.chainId())) {
        attention.asked();
      }
    });
    log.onNews(() -> subscriptions.news(network.chainId()));
    ChainCounts counts = countsOf(network);
    log.onMoved(counts::moved);
    chains.add(network.chainId(), log);
    log.onMoved(selfTest(network));
    EventLoop loop = loops.all().get(followers.size() % loops.all().size());
    return new Follower(
        log,
        new Asking(network, fleets, methods, this::groupOf, expenses),
        ticker,
        loop,
        attention,
        mode(chain.receipts()),
        workers,
        (provider, block) -> believes(network, block, provider));
  }

  private long receiptBytesMax() {
    return Math.min(config.chain().receiptBytesMax(), heapShare(8));
  }

  private boolean believes(Network network, Block block, Provider provider) {
    boolean believed = verify.believes(network, block, provider.id());
    if (!believed) {
      countsOf(network).refused();
    }
    return believed;
  }

  private ChainCounts countsOf(Network network) {
    return chainCounts.computeIfAbsent(network.chainId(), _ -> new ChainCounts());
  }

  /** Which checks hold on a network is found out before an answer depends on it. */
  private SelfTest selfTest(Network network) {
    long chainId = network.chainId();
    return new SelfTest(
        network,
        verify,
        methods,
        () -> chains.lastView(chainId),
        (turn, method, params, then) -> {
          List<Provider> able = able(chainId, method);
          if (!able.isEmpty()) {
            able.get(turn % able.size()).probe(method, params, SELF_TEST_NANOS, then);
          }
          return !able.isEmpty();
        });
  }

  private List<Provider> able(long chainId, String method) {
    return fleets.of(chainId).map(Fleet::providers).orElse(List.of()).stream()
        .filter(each -> each.isTrusted() && !each.identity().privateSends())
        .filter(each -> offers(each, method) && !each.standing(methods.of(method)).isOut())
        .toList();
  }

  /** Forgets what was seen before it looks again. */
  private void wake(long chainId) {
    Follower follower = followers.get(chainId);
    if (follower != null) {
      follower.wake();
      followings.forEach(following -> following.wake(chainId));
      socketFollowings.forEach(socket -> socket.wake(chainId));
    }
  }

  private String groupOf(Provider provider) {
    ProviderConfig configured = providerConfigs.get(provider.id());
    return configured == null ? provider.id() : configured.independence();
  }

  private static ReceiptIntake.Mode mode(Config.Chain.Receipts receipts) {
    return switch (receipts) {
      case DEMAND -> ReceiptIntake.Mode.DEMAND;
      case ALWAYS -> ReceiptIntake.Mode.ALWAYS;
      case NEVER, HEADS -> ReceiptIntake.Mode.NEVER;
    };
  }

  private static Identity identity(ProviderConfig configured) {
    return new Identity(
        configured.id(),
        configured.vendor(),
        configured.tier(),
        configured.weight(),
        configured.broadcast(),
        configured.privateTransactions());
  }

  private static Tolerance providerConfig(ProviderConfig configured) {
    return Tolerance.DEFAULTS.withMaxConcurrent(configured.maxConcurrent());
  }

  /** All of a network's providers show their heads soon. */
  private void lookNow(long chainId) {
    followings.forEach(following -> following.nudge(OptionalLong.of(chainId)));
  }

  private void nudgeOthers(HeadWatch seen, long head) {
    for (Following other : followings) {
      if (other.watch() != seen) {
        other.nudge(seen.chainId(), head);
      }
    }
  }

  private void announce(Provider provider, Reason from, Reason to, String cause) {
    if (isAbsence(to)) {
      followers.values().forEach(follower -> follower.lost(provider));
    }
    transitions.changed(
        new Transitions.Change(
            networkOf(provider), provider.id(), from.label(), to.label(), cause, gravity(to)));
  }

  /** Whether a provider in this state has no say in what the chain is. */
  private static boolean isAbsence(Reason state) {
    return switch (state) {
      case EJECTED, AUTH, BILLING, QUOTA_EXHAUSTED, WRONG_CHAIN, SYNCING -> true;
      case HEALTHY, RECOVERING, UNIDENTIFIED, BUSY, THROTTLED -> false;
      case FORKED, BEHIND, METHOD_CLOSED, METHOD_TROUBLE -> false;
    };
  }

  private String networkOf(Provider provider) {
    return fleets.all().stream()
        .filter(fleet -> fleet.provider(provider.id()).isPresent())
        .map(fleet -> fleet.network().name())
        .findFirst()
        .orElse("");
  }

  private static Transitions.Gravity gravity(Reason to) {
    return switch (to) {
      case HEALTHY, RECOVERING, UNIDENTIFIED, BUSY -> Transitions.Gravity.NEWS;
      case EJECTED, THROTTLED, SYNCING, FORKED, BEHIND, METHOD_CLOSED, METHOD_TROUBLE ->
          Transitions.Gravity.DEGRADED;
      case QUOTA_EXHAUSTED, BILLING, AUTH, WRONG_CHAIN -> Transitions.Gravity.ALARM;
    };
  }

  private OptionalLong preferredChain() {
    return config.defaultNetwork().map(this::chainOf).orElse(OptionalLong.empty());
  }

  private OptionalLong chainOf(String name) {
    return OptionalLong.of(networkOf(name, networks).chainId());
  }

  /** The network that the configuration names. */
  static Network networkOf(String name, Networks networks) {
    return networks
        .named(name)
        .orElseThrow(() ->
            new ConfigurationException(
                "network: " + name + " (expected: a chain id or a known name)"));
  }

  // Listeners.

  private Listener rpcListener(Calls calls) {
    Config.Server server = config.server();
    return new Server(loops, ticker, workers, health)
        .rpc(
            calls,
            networks,
            fleets,
            Limits.DEFAULTS.withBatchItemsMax(server.batchItemsMax()),
            Set.copyOf(server.cors().origins()),
            metrics::declined,
            limits(files.clientsMax(server.connectionsMax())),
            webSocketLimits(server.webSocket()));
  }

  private static WebSocketLimits webSocketLimits(Config.WebSocket webSocket) {
    return new WebSocketLimits(
        webSocket.messageBytesMax(),
        webSocket.callsMax(),
        webSocket.unsentBytesMax(),
        webSocket.perAddressMax());
  }

  private Listener managementListener(Pipeline pipeline) {
    Status status =
        new Status(
            Version.TEXT,
            pipeline.names(),
            config.providers().stream().map(ProviderConfig::id).toList(),
            insight(),
            ticker,
            () -> recent.list(ticker.nanos()));
    return new Server(loops, ticker, workers, health)
        .management(
            isLoopback(config.management().host()),
            metrics::scrape,
            status,
            limits(files.watchersMax(MANAGEMENT_CONNECTIONS_MAX)));
  }

  private HttpLimits limits(int connectionsMax) {
    Config.Server server = config.server();
    return new HttpLimits(
        server.bodyBytesMax(),
        server.inflatedBytesMax(),
        1_000L * server.headerTimeoutSeconds(),
        1_000L * server.bodyTimeoutSeconds(),
        1_000L * server.idleTimeoutSeconds(),
        STALL_MILLIS,
        connectionsMax,
        Math.max(
            heapShare(8),
            4L
                * (server.bodyBytesMax()
                    + server.inflatedBytesMax()
                    + server.webSocket().messageBytesMax())),
        Math.max(heapShare(4), roomForLargestAnswer()));
  }

  /** A quarter is kept for smaller ones, and something is written around the answer. */
  private long roomForLargestAnswer() {
    return responseBytesMax() * 4L / 3 + (1L << 20);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new ConfigurationException(
          "management.host: "
              + host.toLowerCase(Locale.ROOT)
              + " (expected: an address of this machine)");
    }
  }
}
