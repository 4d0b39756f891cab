package io.jethproxy.app;

import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Asking;
import io.jethproxy.chain.Attention;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.Expenses;
import io.jethproxy.chain.Follower;
import io.jethproxy.chain.Moved;
import io.jethproxy.chain.ReceiptIntake;
import io.jethproxy.chain.Sightings;
import io.jethproxy.config.Config;
import io.jethproxy.eth.ByChain;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Provider;
import io.jethproxy.observe.ChainCounts;
import io.jethproxy.transport.Loops;
import io.jethproxy.verify.SelfTest;
import io.jethproxy.verify.Verify;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Makes the chain log of each network, when its first provider is known, with its follower and
 * whoever hears of its moves.
 */
final class ChainKeeping {

  private static final long SELF_TEST_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Who hears of the chains, and what is done for all of their providers. */
  interface Hearers {
    /** A chain has moved; told before anybody can see it. */
    void moved(long chainId, Moved moved);

    /** It has moved, or receipts have come; told once everybody can read it. */
    void news(long chainId);

    /** Whether somebody is to be told of its blocks later. */
    boolean isAwaited(long chainId);

    /** Its providers and their sockets are to be looked at again. */
    void wake(long chainId);
  }

  /** What is made elsewhere. */
  record Around(
      Config config,
      Room room,
      Fleets fleets,
      Chains chains,
      Methods methods,
      Verify verify,
      Expenses expenses,
      Enlisted enlisted,
      Ticker ticker,
      Loops loops,
      Executor workers) {}

  private final Around around;
  private final Hearers hearers;
  private final Map<Long, Follower> followers = new ConcurrentHashMap<>();
  private final Map<Long, ChainCounts> counts = new ConcurrentHashMap<>();
  private final ByChain<Attention> attentions = new ByChain<>();

  ChainKeeping(Around around, Hearers hearers) {
    this.around = around;
    this.hearers = hearers;
  }

  /** Who keeps a network's log; made for its first provider. */
  Sightings of(Network network) {
    return followers.computeIfAbsent(network.chainId(), _ -> follower(network));
  }

  /** How each chain moved, by chain id. */
  Map<Long, ChainCounts> counts() {
    return counts;
  }

  Optional<Attention> attention(long chainId) {
    return Optional.ofNullable(attentions.get(chainId));
  }

  boolean isIdle(long chainId) {
    Attention attention = attentions.get(chainId);
    return attention != null && attention.isIdle();
  }

  void receiptsWanted(long chainId) {
    Follower follower = followers.get(chainId);
    if (follower != null) {
      follower.receiptsWanted();
    }
  }

  /** A provider has no say any more in what the chain is. */
  void lost(Provider provider) {
    followers.values().forEach(follower -> follower.lost(provider));
  }

  static ReceiptIntake.Mode mode(Config.Chain.Receipts receipts) {
    return switch (receipts) {
      case DEMAND -> ReceiptIntake.Mode.DEMAND;
      case ALWAYS -> ReceiptIntake.Mode.ALWAYS;
      case NEVER, HEADS -> ReceiptIntake.Mode.NEVER;
    };
  }

  private Follower follower(Network network) {
    long chainId = network.chainId();
    ChainLog log = log(network);
    Attention attention =
        new Attention(
            around.ticker(),
            around.config().chain().receipts() != Config.Chain.Receipts.ALWAYS,
            () -> wake(chainId));
    attentions.put(chainId, attention);
    log.onMoved(moved -> {
      hearers.moved(chainId, moved);
      if (hearers.isAwaited(chainId)) {
        attention.asked();
      }
    });
    log.onNews(() -> hearers.news(chainId));
    log.onMoved(countsOf(network)::moved);
    around.chains().add(chainId, log);
    log.onMoved(selfTest(network));
    return follower(network, log, attention);
  }

  private ChainLog log(Network network) {
    Config.Chain chain = around.config().chain();
    ChainLog.Config usual = ChainLog.Config.DEFAULTS;
    return new ChainLog(
        new ChainLog.Config(
            chain.agree(),
            chain.blocksMin(),
            usual.blocksMax(),
            around.room().blocks(usual.blockBytesMax()),
            around.room().receipts()),
        TimeUnit.MILLISECONDS.toNanos(network.blockTimeMillis()));
  }

  private Follower follower(Network network, ChainLog log, Attention attention) {
    List<EventLoop> loops = around.loops().all();
    return new Follower(
        log,
        new Asking(
            network,
            around.fleets(),
            around.methods(),
            around.enlisted()::groupOf,
            around.expenses()),
        around.ticker(),
        loops.get(followers.size() % loops.size()),
        attention,
        mode(around.config().chain().receipts()),
        around.workers(),
        (provider, block) -> around.verify().believes(network, block, provider.id()),
        () -> countsOf(network).refused());
  }

  private ChainCounts countsOf(Network network) {
    return counts.computeIfAbsent(network.chainId(), _ -> new ChainCounts());
  }

  /** Forgets what was seen before it looks again. */
  private void wake(long chainId) {
    Follower follower = followers.get(chainId);
    if (follower != null) {
      follower.wake();
      hearers.wake(chainId);
    }
  }

  /** Which checks hold on a network is found out before an answer depends on it. */
  private SelfTest selfTest(Network network) {
    long chainId = network.chainId();
    return new SelfTest(
        network,
        around.verify(),
        around.methods(),
        () -> around.chains().lastView(chainId),
        (turn, method, params, then) -> {
          List<Provider> able = able(chainId, method);
          if (!able.isEmpty()) {
            able.get(turn % able.size()).probe(method, params, SELF_TEST_NANOS, then);
          }
          return !able.isEmpty();
        });
  }

  private List<Provider> able(long chainId, String method) {
    return around.fleets().of(chainId).map(Fleet::providers).orElse(List.of()).stream()
        .filter(each -> each.isTrusted() && !each.identity().privateSends())
        .filter(each -> around.enlisted().offers(each, method))
        .filter(each -> !each.standing(around.methods().of(method)).isOut())
        .toList();
  }
}
