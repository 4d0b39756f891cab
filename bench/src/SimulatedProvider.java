import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A JSON-RPC provider far cheaper than what stands in front of it: one event loop, no HTTP codec,
 * prepared answers. Started as {@code SimulatedProvider DELAY_MILLIS FIRST_BLOCK}; binds a free
 * loopback port and prints it as its first line.
 */
final class SimulatedProvider {
  private SimulatedProvider() {}

  public static void main(String[] args) throws InterruptedException {
    int delayMillis = Integer.parseInt(args[0]);
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    ChainAnswers answers = new ChainAnswers(new SimulatedChain(Long.parseLong(args[1])));
    var loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Channel server =
        listen(loops, answers, delayMillis, new DefaultChannelGroup(GlobalEventExecutor.INSTANCE));
    System.out.println(((InetSocketAddress) server.localAddress()).getPort());
    server.closeFuture().sync();
  }

  /**
   * A provider on a free loopback port, with a count of its own; {@code listeners} gets those who
   * subscribe.
   */
  static Channel listen(
      MultiThreadIoEventLoopGroup loops, Answers answers, int delayMillis, ChannelGroup listeners)
      throws InterruptedException {
    AtomicLong served = new AtomicLong();
    return new ServerBootstrap()
        .group(loops)
        .channel(EpollServerSocketChannel.class)
        .option(ChannelOption.SO_BACKLOG, 1024)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel
                    .pipeline()
                    .addLast(new ProviderConnection(answers, served, delayMillis, listeners));
              }
            })
        .bind("127.0.0.1", 0)
        .sync()
        .channel();
  }
}
