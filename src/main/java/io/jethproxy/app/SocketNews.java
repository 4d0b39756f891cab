package io.jethproxy.app;

import io.jethproxy.eth.Hash;
import io.jethproxy.fleet.Fleet;
import io.jethproxy.fleet.Fleets;
import io.jethproxy.fleet.Provider;
import io.jethproxy.hints.Sockets;
import io.jethproxy.hints.Surroundings;
import io.jethproxy.subscribe.Subscriptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Has the providers of a chain looked at when a socket tells of a block. The provider whose socket
 * it is has the block, so it is asked; the others are asked as well, unless a socket of their own
 * will say when they have it.
 */
final class SocketNews implements Surroundings.News {

  private final Fleets fleets;
  private final Map<String, Following> followings;
  private final Sockets sockets;
  private final Subscriptions subscriptions;

  /**
   * @param followings all providers by their ids
   */
  SocketNews(
      Fleets fleets,
      Map<String, Following> followings,
      Sockets sockets,
      Subscriptions subscriptions) {
    this.fleets = fleets;
    this.followings = Map.copyOf(followings);
    this.sockets = sockets;
    this.subscriptions = subscriptions;
  }

  @Override
  public void told(long chainId, Optional<String> providerId, Hash block) {
    ofChain(chainId, id -> providerId.filter(id::equals).isPresent() || !sockets.tellFor(id))
        .forEach(following -> following.hint(chainId, block));
  }

  @Override
  public void begins(long chainId) {
    nudge(chainId);
  }

  @Override
  public void ceases(long chainId) {
    if (!sockets.tellOf(chainId)) {
      nudge(chainId);
    }
  }

  private void nudge(long chainId) {
    ofChain(chainId, _ -> true).forEach(following -> following.nudge(OptionalLong.of(chainId)));
  }

  private Stream<Following> ofChain(long chainId, Predicate<String> wanted) {
    return fleets.of(chainId).map(Fleet::providers).orElse(List.of()).stream()
        .map(Provider::id)
        .filter(wanted)
        .flatMap(id -> Optional.ofNullable(followings.get(id)).stream());
  }

  @Override
  public boolean isPendingWanted(long chainId) {
    return subscriptions.isPendingWanted(chainId);
  }

  @Override
  public void pending(long chainId, Hash transaction) {
    subscriptions.pendingSeen(chainId, transaction);
  }
}
