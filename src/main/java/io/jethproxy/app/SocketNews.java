package io.jethproxy.app;

import io.jethproxy.eth.Hash;
import io.jethproxy.hints.Sockets;
import io.jethproxy.hints.Surroundings;
import io.jethproxy.subscribe.Sources;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Has the providers of a chain looked at when a socket tells of a block. The provider whose socket
 * it is has the block, so it is asked; the others are asked as well, unless a socket of their own
 * will say when they have it.
 */
final class SocketNews implements Surroundings.News {

  private final List<Following> followings;
  private final Sockets sockets;
  private final Sources sources;

  /**
   * @param followings all providers; filled before the first socket is opened
   */
  SocketNews(List<Following> followings, Sockets sockets, Sources sources) {
    this.followings = followings;
    this.sockets = sockets;
    this.sources = sources;
  }

  @Override
  public void told(long chainId, Optional<String> providerId, Hash block) {
    for (Following each : followings) {
      String id = each.watch().providerId();
      if (providerId.filter(id::equals).isPresent() || !sockets.tellFor(id)) {
        each.hint(chainId, block);
      }
    }
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
    followings.forEach(following -> following.nudge(OptionalLong.of(chainId)));
  }

  @Override
  public boolean isPendingWanted(long chainId) {
    return sources.isPendingWanted(chainId);
  }

  @Override
  public void pending(long chainId, Hash transaction) {
    sources.toldPending(chainId, transaction);
  }
}
