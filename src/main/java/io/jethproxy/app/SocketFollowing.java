package io.jethproxy.app;

import io.jethproxy.hints.SocketWatch;
import io.netty.channel.EventLoop;

/**
 * A socket to a provider, and the loop that it lives on.
 *
 * @param loop the only thread that may touch the watch
 */
record SocketFollowing(SocketWatch watch, EventLoop loop) {

  void start() {
    loop.execute(watch::start);
  }

  void stop() {
    loop.execute(watch::stop);
  }

  /** Somebody asks about this chain after a while. */
  void wake(long chain) {
    loop.execute(() -> watch.wake(chain));
  }
}
