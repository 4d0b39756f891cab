import io.jethproxy.demo.DemoChain;
import io.jethproxy.demo.DemoNode;
import io.jethproxy.eth.Methods;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Result;
import io.jethproxy.rpc.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Simulated providers of one chain with transactions, receipts and logs. Their process prints their
 * ports in one line, makes a block for each line that it reads, and ends with its input. Each
 * provider counts for itself, and tells of each block over its WebSockets.
 */
final class LivelyProviders {
  static final int COUNT = 3;

  private static final int BLOCK_MILLIS = 1_000;
  private static final int FIRST_BLOCKS = 300;
  private static final long SEED = 20_150_730;

  private LivelyProviders() {}

  public static void main(String[] args) throws InterruptedException, IOException {
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    DemoChain chain =
        new DemoChain(
            new DemoChain.Config(SEED, BLOCK_MILLIS, FIRST_BLOCKS, 0), System.currentTimeMillis());
    Methods methods = Methods.load();
    var loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    ChannelGroup listeners = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    DemoNode newest = new DemoNode(chain, methods, "bench", 0);
    List<Channel> servers = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      Answers answers = answers(new DemoNode(chain, methods, "bench-" + i, 0));
      servers.add(SimulatedProvider.listen(loops, answers, 0, listeners));
    }
    System.out.println(
        servers.stream()
            .map(server -> Integer.toString(((InetSocketAddress) server.localAddress()).getPort()))
            .collect(Collectors.joining(" ")));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    while (in.readLine() != null) {
      chain.mine();
      tell(listeners, newest);
    }
    System.exit(0);
  }

  /** A block with its transactions is more than a header, and what is more is passed over. */
  private static void tell(ChannelGroup listeners, DemoNode node) {
    if (node.answer("eth_getBlockByNumber", RawJson.of("[\"latest\",false]"))
        instanceof Result(var block)) {
      ProviderSocket.tell(listeners, block.text());
    }
  }

  private static Answers answers(DemoNode node) {
    return asked -> {
      String params = asked.params();
      RawJson given = params.isEmpty() ? RawJson.ABSENT : RawJson.of(params);
      return switch (node.answer(asked.method(), given)) {
        case Result(var result) -> tail(Wire.result(RawJson.NULL, result));
        case Fault fault -> tail(Wire.fault(RawJson.NULL, fault));
      };
    };
  }

  /** What follows the id in a whole reply whose id is null. */
  private static ByteBuf tail(byte[] reply) {
    int head = "{\"jsonrpc\":\"2.0\",\"id\":null".length();
    return Unpooled.wrappedBuffer(reply, head, reply.length - head);
  }
}
