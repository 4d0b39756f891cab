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
import io.jethproxy.chain.Attention;
import io.jethproxy.chain.Branches;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.Expenses;
import io.jethproxy.chain.HeadWatch;
import io.jethproxy.chain.Moved;
import io.jethproxy.chain.ReceiptIntake;
import io.jethproxy.chain.View;
import io.jethproxy.config.Config;
import io.jethproxy.config.ProviderConfig;
import io.jethproxy.dispatch.Dispatch;
import io.jethproxy.dispatch.LongReviews;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.eth.Networks;
import io.jethproxy.fleet.Dice;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.HashForms;
import io.jethproxy.fleet.Holdings;
import io.jethproxy.fleet.Offers;
import io.jethproxy.fleet.RangeLimits;
import io.jethproxy.fleet.Reason;
import io.jethproxy.hints.Sockets;
import io.jethproxy.hints.Surroundings;
import io.jethproxy.logs.Logs;
import io.jethproxy.observe.AccessLog;
import io.jethproxy.observe.Discretion;
import io.jethproxy.observe.Metrics;
import io.jethproxy.observe.Observer;
import io.jethproxy.observe.Recent;
import io.jethproxy.observe.Redactor;
import io.jethproxy.observe.Secrets;
import io.jethproxy.observe.Tracing;
import io.jethproxy.observe.Transitions;
import io.jethproxy.prepare.AnswerLocally;
import io.jethproxy.prepare.KeepUp;
import io.jethproxy.prepare.Normalise;
import io.jethproxy.prepare.Remember;
import io.jethproxy.prepare.Wake;
import io.jethproxy.server.Calls;
import io.jethproxy.server.Health;
import io.jethproxy.server.Insight;
import io.jethproxy.server.Listener;
import io.jethproxy.server.Server;
import io.jethproxy.server.Status;
import io.jethproxy.subscribe.Filters;
import io.jethproxy.subscribe.Sources;
import io.jethproxy.subscribe.Subscriptions;
import io.jethproxy.survey.Survey;
import io.jethproxy.transport.Loops;
import io.jethproxy.verify.Verify;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Wires a {@link Gateway} together: the one place that knows all parts. The list of stages is in
 * {@link #pipeline}; everything else is what they need.
 */
public final class Assembly {

  /** More calls under way than this are shed: at some 10 KB each they still fit a small heap. */
  private static final int CALLS_MAX = 10_000;

  /**
   * Answers of another branch, however many, have the heads of a network looked at once in this.
   */
  private static final long STRAY_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** New blocks have their receipts by then, unless something is wrong with who gives them. */
  private static final Duration RECEIPTS_PATIENCE = Duration.ofSeconds(1);

  private final Config config;
  private final Room room;
  private final Enlisted enlisted;
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
  private final Expenses following;
  private final Expenses listening;
  private final Expenses surveying;
  private final Verify verify;
  private final ChainKeeping keeping;
  private final Sources sources;
  private final Filters filters;
  private final Subscriptions subscriptions;
  private final Sockets sockets;
  private final Holdings holdings;
  private final Offers families;
  private final HashForms forms;
  private final RangeLimits ranges;
  private final Remember remember;
  private final Optional<Cache> cache;
  private final Optional<Coalesce> coalesce;
  private final Health health;
  private final Followings followings;

  private Assembly(
      Config config,
      Knowledge knowledge,
      LongSupplier droppedLogLines,
      Secrets secrets,
      Loops loops,
      Ticker ticker) {
    this.config = config;
    this.room = new Room(config);
    this.enlisted = new Enlisted(config.providers());
    this.knowledge = knowledge;
    this.networks = knowledge.networks();
    this.methods = knowledge.methods();
    this.secrets = secrets;
    this.loops = loops;
    this.ticker = ticker;
    this.following = new Expenses(knowledge.computeUnits(), ticker);
    this.listening = new Expenses(knowledge.computeUnits(), ticker);
    this.surveying = Expenses.ofSurveys(knowledge.computeUnits(), ticker);
    this.followings = new Followings(config, networks, loops, ticker, dice, lookups);
    this.fleets =
        new Fleets(
            config.providers().stream().map(Enlisted::identity).toList(), preferredChain(), ticker);
    this.metrics =
        new Metrics(
            Version.TEXT,
            Arrays.stream(Reason.values()).map(Reason::label).toList(),
            methods::knows,
            droppedLogLines);
    this.recent = new Recent(ticker.nanos());
    this.transitions = new Transitions(ticker, new Redactor(secrets));
    this.verify = new Verify(new AtMost(ticker, STRAY_LOOK_NANOS, followings::suspect));
    this.keeping = keeping();
    this.sockets = new Sockets(networks);
    this.sources =
        new Sources(
            chains,
            fleets,
            methods,
            verify,
            ticker,
            sockets::hearPendingOf,
            listening,
            room.following());
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
    room.tellWhenItIsSmall();
    learnSecrets(config, secrets);
    Tracing tracing = Traces.start(config.traces(), methods, ticker, secrets);
    tracing.counts().ifPresent(metrics::watchTraces);
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
            observers(tracing),
            tracing,
            new Discretion(secrets));
    Doors doors = new Doors(config, room, new Server(loops, ticker, workers, health));
    Listener rpc = doors.rpc(calls, networks, fleets, metrics);
    metrics.read(new FleetReadings(insight(), rpc));
    return new Gateway(
        new Gateway.Parts(
            config,
            loops,
            ticker,
            health,
            calls,
            rpc,
            doors.management(metrics, status(pipeline)),
            followings.providers(),
            followings.sockets(),
            followings.transports(),
            List.of(workers, lookups),
            pipeline.names(),
            metrics,
            tracing));
  }

  private Observer observers(Tracing tracing) {
    List<Observer> observers = new ArrayList<>(List.of(metrics, recent, new AccessLog()));
    if (tracing.isOn()) {
      observers.add(tracing);
    }
    return Observer.all(observers);
  }

  /** What a call goes through, in order. */
  private Pipeline pipeline() {
    Config.Requests requests = config.requests();
    List<Stage> stages = new ArrayList<>();
    stages.add(new Admit(new Admit.Config(requests.exposeTraceMethods(), CALLS_MAX)));
    stages.add(new Wake(keeping::attention, ticker, loops::current));
    stages.add(filters);
    stages.add(subscriptions);
    stages.add(new Normalise(chains, ticker));
    stages.add(remember);
    stages.add(new KeepUp(chains, ticker, followings::lookNow));
    stages.add(logs());
    stages.add(new AnswerLocally(Version.TEXT, chains, keeping::receiptsWanted));
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
                enlisted::offers,
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
        keeping::receiptsWanted,
        ticker,
        loops::current,
        workers,
        new Filters.Config(
            kept.max(),
            kept.perCallerMax(),
            Duration.ofSeconds(kept.idleSeconds()),
            room.following()));
  }

  private Subscriptions subscriptions() {
    Config.Subscriptions kept = config.subscriptions();
    boolean isFetched = ChainKeeping.mode(config.chain().receipts()) != ReceiptIntake.Mode.NEVER;
    return new Subscriptions(
        sources,
        new Subscriptions.Surroundings(
            keeping::receiptsWanted,
            chainId -> keeping.attention(chainId).ifPresent(Attention::asked),
            this::askedForListeners,
            ticker,
            loops::current,
            chainId -> loops.all().get((int) (chainId % loops.all().size())),
            workers),
        new Subscriptions.Config(
            kept.perConnectionMax(),
            kept.max(),
            room.following(),
            config.logs().rangeBlocksMax(),
            isFetched ? RECEIPTS_PATIENCE : Duration.ZERO));
  }

  private Optional<Cache> cache() {
    long bytesMax = room.cache();
    return bytesMax > 0
        ? Optional.of(new Cache(chains, ticker, methods::knows, new Cache.Config(bytesMax)))
        : Optional.empty();
  }

  private Insight insight() {
    return new Insight(
        fleets,
        chains,
        keeping.counts(),
        following,
        listening,
        surveying,
        verify,
        holdings,
        families,
        followings.surveys(),
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
            config.logs().rangeBlocksMax(), config.logs().partsMax(), room.response(), room.logs());
    Optional<Methods> blooms =
        config.logs().checkBlooms() ? Optional.of(methods) : Optional.empty();
    return new Logs(fleets, chains, ranges, blooms, limits);
  }

  private void askedForListeners(Call question) {
    metrics.askedForListeners(question);
    listening.asked(question);
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

  static void learnSecrets(Config config, Secrets secrets) {
    for (ProviderConfig provider : config.providers()) {
      secrets.learnUrl(provider.url().reveal());
      secrets.learn(provider.headers().values().stream().map(value -> value.reveal()).toList());
    }
    config.providerSockets().forEach(socket -> secrets.learnUrl(socket.url().reveal()));
    config.traces().endpoints().forEach(url -> secrets.learnUrl(url.reveal()));
    secrets.learn(config.traces().headerSecrets());
  }

  // Providers and their chains.

  private ChainKeeping keeping() {
    return new ChainKeeping(
        new ChainKeeping.Around(
            config, room, fleets, chains, methods, verify, following, enlisted, ticker, loops,
            workers),
        new Hearers());
  }

  private final class Hearers implements ChainKeeping.Hearers {
    @Override
    public void moved(long chainId, Moved moved) {
      sources.moved(chainId, moved);
    }

    @Override
    public void news(long chainId) {
      subscriptions.news(chainId);
    }

    @Override
    public boolean isAwaited(long chainId) {
      return filters.isAnyOf(chainId);
    }

    @Override
    public void wake(long chainId) {
      followings.wake(chainId);
    }
  }

  private void follow() {
    followings.addProviders(
        knowledge.classify(),
        room,
        new HeadWatch.Surroundings(
            networks, fleets, branches, ticker, keeping::of, following, sockets::tellOf),
        new Survey.Surroundings(
            methods,
            fleets,
            holdings,
            families,
            surveying,
            enlisted::offers,
            config.requests().exposeTraceMethods(),
            ticker,
            dice),
        new Announcements(fleets, transitions, keeping::lost));
  }

  private void listen() {
    Map<String, Following> byProvider =
        followings.providers().stream()
            .collect(Collectors.toMap(each -> each.watch().providerId(), Function.identity()));
    followings.addSockets(
        new Surroundings(
            networks,
            fleets,
            chains,
            ticker,
            dice,
            keeping::isIdle,
            new SocketNews(fleets, byProvider, sockets, subscriptions)),
        sockets);
  }

  private OptionalLong preferredChain() {
    return config.defaultNetwork().map(followings::chainOf).orElse(OptionalLong.empty());
  }

  /** The network that the configuration names. */
  static Network networkOf(String name, Networks networks) {
    return networks
        .named(name)
        .orElseThrow(() ->
            new ConfigurationException(
                "network: " + name + " (expected: a chain id or a known name)"));
  }

  private Status status(Pipeline pipeline) {
    return new Status(
        Version.TEXT,
        pipeline.names(),
        config.providers().stream().map(ProviderConfig::id).toList(),
        insight(),
        ticker,
        () -> recent.list(ticker.nanos()));
  }
}
