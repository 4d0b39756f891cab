package io.jethproxy.demo;

import io.jethproxy.transport.Loops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;

/**
 * A simulated provider: an HTTP/1.1 server on a free loopback port in front of a {@link DemoNode},
 * with a {@link Temper}. All of it happens on one event loop.
 */
public final class DemoProvider implements AutoCloseable {

  static final int BODY_BYTES_MAX = 1 << 20;

  private final DemoNode node;
  private final Temper temper;
  private final InstantSource clock;
  private final long startMillis;
  private final Channel listening;

  private DemoProvider(DemoNode node, Temper temper, InstantSource clock, Loops loops) {
    this.node = node;
    this.temper = temper;
    this.clock = clock;
    this.startMillis = clock.millis();
    EventLoop loop = loops.current();
    this.listening =
        new ServerBootstrap()
            .group(loop)
            .channel(loops.serverChannelType())
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    connection
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new HttpObjectAggregator(BODY_BYTES_MAX),
                            new DemoConnection(DemoProvider.this));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  /** Listens from now on. */
  public static DemoProvider start(DemoNode node, Temper temper, InstantSource clock, Loops loops) {
    return new DemoProvider(node, temper, clock, loops);
  }

  /** Where it listens. */
  public String url() {
    return "http://127.0.0.1:" + ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /** Takes no more connections; those that are open end with the loops. */
  @Override
  public void close() {
    listening.close().awaitUninterruptibly();
  }

  DemoNode node() {
    return node;
  }

  Temper.Reaction react() {
    return temper.next(clock.millis() - startMillis);
  }
}
