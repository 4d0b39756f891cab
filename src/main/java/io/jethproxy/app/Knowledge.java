package io.jethproxy.app;

import io.jethproxy.eth.ComputeUnits;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Networks;
import io.jethproxy.transport.Classify;
import io.netty.channel.epoll.Epoll;
import java.util.concurrent.CompletableFuture;

/** The data files, read. */
record Knowledge(Networks networks, Methods methods, ComputeUnits computeUnits, Classify classify) {

  static Knowledge load() {
    return new Knowledge(Networks.load(), Methods.load(), ComputeUnits.load(), Classify.load());
  }

  /**
   * Begins to load what does not depend on the configuration: the data files, and Netty with its
   * native library. Both take about as long as reading the configuration.
   */
  static CompletableFuture<Knowledge> loadAhead() {
    Thread.ofPlatform().daemon().name("netty").start(Epoll::isAvailable);
    return CompletableFuture.supplyAsync(
        Knowledge::load, task -> Thread.ofPlatform().daemon().name("knowledge").start(task));
  }
}
