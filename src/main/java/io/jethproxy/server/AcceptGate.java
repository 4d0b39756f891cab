package io.jethproxy.server;

import io.jethproxy.call.Ticker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the sockets that a listening one has taken: beyond the bound newcomers wait in the
 * system's queue until others are closed. Sits in front of what hands newcomers to their loops, so
 * that it counts those, too, of which their loops know nothing yet. Used on the listening loop
 * only, save {@link #left}.
 */
final class AcceptGate extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(AcceptGate.class);

  /** The most newcomers that are taken before room is made for them. */
  private static final int BURST_MAX = 32;

  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final int socketsMax;
  private final Ticker ticker;
  private final Runnable makeRoom;
  private final AtomicInteger sockets = new AtomicInteger();
  private volatile boolean shut;
  private boolean retryPlanned;
  private long quietUntilNanos;

  /**
   * @param connectionsMax more than these are closed as others come, so a few more are let in
   * @param makeRoom called when the system has no file left for a newcomer
   */
  AcceptGate(int connectionsMax, Ticker ticker, Runnable makeRoom) {
    this.socketsMax = connectionsMax + Math.clamp(connectionsMax / 16, 1, BURST_MAX);
    this.ticker = ticker;
    this.makeRoom = makeRoom;
    this.quietUntilNanos = ticker.nanos();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object newcomer) {
    if (sockets.incrementAndGet() >= socketsMax) {
      shut(context.channel());
      if (sockets.get() < socketsMax) {
        open(context.channel()); // the last one that left did not see it shut
      }
    }
    context.fireChannelRead(newcomer);
  }

  /** A newcomer that was let in is closed; for any thread. */
  void left(Channel newcomer) {
    Channel listening = newcomer.parent();
    if (sockets.decrementAndGet() < socketsMax && shut && !listening.eventLoop().isShuttingDown()) {
      listening.eventLoop().execute(() -> open(listening));
    }
  }

  /** Nobody could be taken, as a rule because the system has no file left. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    complain(cause);
    shut(context.channel());
    makeRoom.run();
    if (!retryPlanned) {
      retryPlanned = true;
      ticker.alarm(
          RETRY_NANOS,
          () -> {
            retryPlanned = false;
            open(context.channel());
          });
    }
  }

  private void shut(Channel listening) {
    shut = true;
    listening.config().setAutoRead(false);
  }

  private void open(Channel listening) {
    if (shut && listening.isOpen() && sockets.get() < socketsMax) {
      shut = false;
      listening.config().setAutoRead(true);
    }
  }

  private void complain(Throwable cause) {
    long now = ticker.nanos();
    if (now - quietUntilNanos >= 0) {
      quietUntilNanos = now + SILENCE_NANOS;
      LOG.warn("cannot accept further connections: {}; {} are open", cause.toString(), sockets);
    }
  }
}
