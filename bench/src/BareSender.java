import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The least that a server can do to tell many clients of a block: one {@code send} of a made frame
 * to each, on as many loops as the gateway has, and nothing else. What it takes is the kernel's, and
 * no server takes less. Its process prints its port,
 * sends a frame of so many bytes for each line that it reads, and ends with its input.
 */
final class BareSender {
  private BareSender() {}

  public static void main(String[] args) throws InterruptedException, IOException {
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    int payloadBytes = Integer.parseInt(args[0]);
    ByteBuf frame = Unpooled.directBuffer(payloadBytes + 10);
    FrameReader.putHead(frame, FrameReader.TEXT, payloadBytes).writeZero(payloadBytes);
    var loops =
        new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(), EpollIoHandler.newFactory());
    ChannelGroup listeners = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    Channel server =
        SimulatedProvider.listen(loops, _ -> Unpooled.EMPTY_BUFFER, 0, listeners);
    System.out.println(((InetSocketAddress) server.localAddress()).getPort());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    Map<EventExecutor, List<Channel>> byLoop = Map.of();
    int known = 0;
    while (in.readLine() != null) {
      if (listeners.size() != known) {
        known = listeners.size();
        byLoop = listeners.stream().collect(Collectors.groupingBy(Channel::eventLoop));
      }
      byLoop.forEach((loop, channels) -> loop.execute(() -> send(channels, frame)));
    }
    System.exit(0);
  }

  private static void send(List<Channel> channels, ByteBuf frame) {
    for (Channel channel : channels) {
      try {
        Socket socket = (Socket) ((EpollSocketChannel) channel).fd();
        int sent = socket.sendAddress(frame.memoryAddress(), 0, frame.writerIndex());
        if (sent < frame.writerIndex()) {
          throw new IOException("a client took " + sent + " bytes (expected: all of them)");
        }
      } catch (IOException broken) {
        System.err.println("bare sender: " + broken.getMessage());
        channel.close();
      }
    }
  }
}
