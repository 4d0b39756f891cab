package io.jethproxy.observe;

import io.jethproxy.cache.Cache;
import io.jethproxy.cache.Coalesce;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.chain.View;
import io.jethproxy.subscribe.Numbers;
import io.jethproxy.verify.Aspect;
import io.jethproxy.verify.Profile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the metrics read from the running gateway at each scrape. Answered from snapshots, on any
 * thread, without waiting. The labels in it come from the configuration, so they are bounded.
 */
public interface Readings {

  /** The providers now in use. */
  List<Provider> providers();

  /** Providers that cannot be asked for their chain. */
  List<Unidentified> unidentified();

  /** The networks now served. */
  List<Network> networks();

  /** The chains that are followed. */
  List<Chain> chains();

  /** Which checks hold on the networks now served. */
  List<Verification> verifications();

  /** The cache; empty when it is off. */
  Optional<Caching> cache();

  /** How equal calls were shared; empty when they are not. */
  Optional<Coalescing> coalescing();

  /** What providers were asked to follow their chains. */
  List<Asked> following();

  /** What providers were asked to tell those who listen or poll. */
  List<Asked> listening();

  /** What providers were asked to find out what they keep and offer. */
  List<Asked> surveys();

  /** Sockets to providers that tell of new blocks. */
  List<Socket> sockets();

  /** What is done for those who listen. */
  List<Numbers> subscriptions();

  /** Published transactions that are remembered. */
  int ownTransactions();

  /** Open connections of clients, WebSockets among them. */
  int httpConnections();

  /** The WebSockets of clients. */
  WebSockets webSockets();

  /**
   * A provider that cannot be asked for its chain.
   *
   * @param cause why, in one of the words for attempts that fail
   */
  record Unidentified(String id, String cause) {}

  /**
   * One provider.
   *
   * @param state one of the states that the metrics were made with
   * @param head the number of its newest block; absent until it is known
   * @param lagBlocks how far it is behind the agreed head; absent until both are known
   * @param inFlight attempts that wait for it
   * @param isStuck whether its head stands still while others go on
   */
  record Provider(
      String network,
      String id,
      String state,
      OptionalLong head,
      OptionalLong lagBlocks,
      int inFlight,
      boolean isStuck) {}

  /**
   * One network.
   *
   * @param head the number of the agreed newest block; absent until it is known
   * @param headMillis for how long it has been that
   * @param isStalled whether that is longer than the chain's blocks explain
   */
  record Network(String name, OptionalLong head, long headMillis, boolean isStalled) {}

  /**
   * One chain that is followed.
   *
   * @param view as it is now; nothing while no provider shows it
   * @param isSplit whether providers disagree about what follows, see {@link ChainLog#isSplit}
   */
  record Chain(
      String network,
      View view,
      ChainLog.Quorum quorum,
      boolean isSplit,
      ChainCounts.Counts counts) {}

  /**
   * The checks of one network.
   *
   * @param states of every aspect
   */
  record Verification(String network, Map<Aspect, Profile.State> states) {

    public Verification {
      states = Map.copyOf(states);
    }
  }

  /**
   * Questions to one provider for the gateway's own sake.
   *
   * @param method one of the few that are asked so
   */
  record Asked(String network, String provider, String method, long count) {}

  /**
   * A socket to a provider.
   *
   * @param network {@code unknown} before it has told
   * @param state one of those of {@link io.jethproxy.hints.SocketState}
   */
  record Socket(
      String network, String id, String state, long reconnects, long notices, long ignored) {}

  /**
   * The cache.
   *
   * @param entries answers that are kept, roughly
   * @param bytesMax memory that they may take
   * @param methods what was done by method; their number is bounded
   */
  record Caching(long entries, long bytesMax, List<Cache.MethodUsage> methods) {

    public Caching {
      methods = List.copyOf(methods);
    }
  }

  /**
   * How equal calls were shared.
   *
   * @param tripsNow trips under way that others may join
   */
  record Coalescing(Coalesce.Counts counts, int tripsNow) {}

  /**
   * The WebSockets of clients.
   *
   * @param messagesIn messages of clients
   * @param messagesOut answers, and what was told unasked
   * @param closed how many have ended, by one of a few reasons
   */
  record WebSockets(long open, long messagesIn, long messagesOut, Map<String, Long> closed) {

    static final WebSockets NONE = new WebSockets(0, 0, 0, Map.of());

    public WebSockets {
      closed = Map.copyOf(closed);
    }
  }

  /** Before anything runs. */
  Readings NOTHING =
      new Readings() {
        @Override
        public List<Provider> providers() {
          return List.of();
        }

        @Override
        public List<Unidentified> unidentified() {
          return List.of();
        }

        @Override
        public List<Network> networks() {
          return List.of();
        }

        @Override
        public List<Chain> chains() {
          return List.of();
        }

        @Override
        public List<Verification> verifications() {
          return List.of();
        }

        @Override
        public Optional<Caching> cache() {
          return Optional.empty();
        }

        @Override
        public Optional<Coalescing> coalescing() {
          return Optional.empty();
        }

        @Override
        public List<Asked> following() {
          return List.of();
        }

        @Override
        public List<Asked> listening() {
          return List.of();
        }

        @Override
        public List<Asked> surveys() {
          return List.of();
        }

        @Override
        public List<Socket> sockets() {
          return List.of();
        }

        @Override
        public List<Numbers> subscriptions() {
          return List.of();
        }

        @Override
        public int ownTransactions() {
          return 0;
        }

        @Override
        public int httpConnections() {
          return 0;
        }

        @Override
        public WebSockets webSockets() {
          return WebSockets.NONE;
        }
      };
}
