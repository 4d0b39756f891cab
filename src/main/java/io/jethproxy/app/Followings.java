package io.jethproxy.app;

import io.jethproxy.call.Ticker;
import io.jethproxy.chain.HeadWatch;
import io.jethproxy.chain.Unidentified;
import io.jethproxy.config.Config;
import io.jethproxy.config.ProviderConfig;
import io.jethproxy.config.SocketConfig;
import io.jethproxy.eth.Networks;
import io.jethproxy.fleet.Dice;
import io.jethproxy.fleet.Identity;
import io.jethproxy.fleet.Provider;
import io.jethproxy.hints.SocketWatch;
import io.jethproxy.hints.Sockets;
import io.jethproxy.hints.Surroundings;
import io.jethproxy.survey.Survey;
import io.jethproxy.transport.BodyBudget;
import io.jethproxy.transport.Classify;
import io.jethproxy.transport.HttpTransport;
import io.jethproxy.transport.Loops;
import io.jethproxy.transport.SocketDialler;
import io.jethproxy.transport.SocketTarget;
import io.jethproxy.transport.Target;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.LongFunction;

/** The configured providers as they are reached and followed: their connections and sockets. */
final class Followings {

  private final Config config;
  private final Networks networks;
  private final Loops loops;
  private final Ticker ticker;
  private final Dice dice;
  private final Executor lookups;
  private final Tls tls = new Tls();
  private final List<HttpTransport> transports = new ArrayList<>();
  private final List<Following> providers = new ArrayList<>();
  private final List<SocketFollowing> sockets = new ArrayList<>();
  private final Map<String, Survey> surveys = new HashMap<>();

  /**
   * @param lookups asks for the addresses of names
   */
  Followings(
      Config config, Networks networks, Loops loops, Ticker ticker, Dice dice, Executor lookups) {
    this.config = config;
    this.networks = networks;
    this.loops = loops;
    this.ticker = ticker;
    this.dice = dice;
    this.lookups = lookups;
  }

  /** Makes all, to be started later. */
  void addProviders(
      Classify classify,
      Room room,
      HeadWatch.Surroundings around,
      Survey.Surroundings surveying,
      Provider.Listener listener) {
    HttpTransport.Shared shared =
        new HttpTransport.Shared(
            ticker,
            loops,
            tls,
            classify,
            BodyBudget.ofHeap(room.heap(), room.response()),
            lookups,
            room.response());
    config.providers().forEach(provider -> add(provider, shared, around, surveying, listener));
  }

  private void add(
      ProviderConfig configured,
      HttpTransport.Shared shared,
      HeadWatch.Surroundings around,
      Survey.Surroundings surveying,
      Provider.Listener listener) {
    HttpTransport transport =
        new HttpTransport(
            configured.id(),
            configured.vendor(),
            Target.of(configured.url(), configured.headers()),
            shared);
    transports.add(transport);
    Identity identity = Enlisted.identity(configured);
    Optional<Survey> survey = survey(configured, surveying);
    LongFunction<Provider> recruit =
        chainId -> {
          Provider provider =
              new Provider(
                  identity,
                  chainId,
                  transport,
                  ticker,
                  Enlisted.tolerance(configured),
                  dice,
                  listener);
          survey.ifPresent(each -> each.start(provider));
          return provider;
        };
    HeadWatch watch =
        new HeadWatch(
            configured.id(),
            transport,
            configured.network().map(this::chainOf).orElse(OptionalLong.empty()),
            recruit,
            around,
            this::nudgeOthers);
    providers.add(new Following(watch, survey, loopOf(providers.size())));
  }

  private Optional<Survey> survey(ProviderConfig configured, Survey.Surroundings around) {
    if (!config.surveys() || configured.privateTransactions()) {
      return Optional.empty();
    }
    Survey survey = new Survey(around);
    surveys.put(configured.id(), survey);
    return Optional.of(survey);
  }

  /** What is being found out, by the provider's id. */
  Map<String, Survey> surveys() {
    return surveys;
  }

  /** Makes the sockets that tell of new blocks, to be opened later. */
  void addSockets(Surroundings around, Sockets all) {
    SocketDialler.Shared shared = new SocketDialler.Shared(ticker, loops, tls, lookups);
    for (SocketConfig configured : config.providerSockets()) {
      SocketWatch watch =
          new SocketWatch(
              configured.id(),
              configured.providerId(),
              configured.network().map(this::chainOf).orElse(OptionalLong.empty()),
              new SocketDialler(SocketTarget.of(configured.url(), configured.headers()), shared),
              around);
      all.add(watch);
      sockets.add(new SocketFollowing(watch, loopOf(sockets.size())));
    }
  }

  private EventLoop loopOf(int number) {
    return loops.all().get(number % loops.all().size());
  }

  /** Those that have not told their chain yet; on any thread. */
  List<Unidentified> unidentified() {
    return providers.stream().flatMap(each -> each.watch().unidentified().stream()).toList();
  }

  List<HttpTransport> transports() {
    return transports;
  }

  List<Following> providers() {
    return providers;
  }

  List<SocketFollowing> sockets() {
    return sockets;
  }

  /** All of a network's providers show their heads soon. */
  void lookNow(long chainId) {
    providers.forEach(each -> each.nudge(OptionalLong.of(chainId)));
  }

  /** An answer was of another branch than the known one: they look at the head's very block. */
  void suspect(long chainId) {
    providers.forEach(each -> each.suspect(chainId));
  }

  /** Somebody asks about a network after a while. */
  void wake(long chainId) {
    providers.forEach(each -> each.wake(chainId));
    sockets.forEach(each -> each.wake(chainId));
  }

  private void nudgeOthers(HeadWatch seen, long head) {
    for (Following other : providers) {
      if (other.watch() != seen) {
        other.nudge(seen.chainId(), head);
      }
    }
  }

  /** The chain of a network that the configuration names. */
  OptionalLong chainOf(String name) {
    return OptionalLong.of(Assembly.networkOf(name, networks).chainId());
  }
}
