package io.jethproxy.transport;

import io.jethproxy.call.Ticker;
import io.jethproxy.fleet.Dialler;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** WebSockets to one provider: RFC 6455 without extensions, TLS checked as for its HTTP. */
public final class SocketDialler implements Dialler {

  /**
   * What all diallers of a gateway share.
   *
   * @param tls the client's TLS settings, made when first needed
   * @param lookups where host names are looked up; may block
   */
  public record Shared(Ticker ticker, Loops loops, Supplier<SslContext> tls, Executor lookups) {}

  private final SocketTarget target;
  private final Shared shared;
  private final Addresses addresses;

  public SocketDialler(SocketTarget target, Shared shared) {
    this.target = target;
    this.shared = shared;
    this.addresses = new Addresses(target.host(), target.port(), shared.ticker(), shared.lookups());
  }

  @Override
  public Socket dial(Ear ear) {
    ProviderSocket socket = new ProviderSocket(target, shared.ticker(), ear);
    socket.connect(addresses, bootstrap(socket));
    return socket;
  }

  private Bootstrap bootstrap(ProviderSocket socket) {
    EventLoop loop = shared.loops().own();
    return new Bootstrap()
        .group(loop)
        .channel(shared.loops().clientChannelType())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                if (target.tls()) {
                  channel
                      .pipeline()
                      .addLast(
                          shared
                              .tls()
                              .get()
                              .newHandler(channel.alloc(), target.host(), target.port()));
                }
                socket.prepare(channel);
              }
            });
  }
}
