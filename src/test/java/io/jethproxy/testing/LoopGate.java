package io.jethproxy.testing;

import io.jethproxy.transport.Loops;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A way through one event loop for tests: whoever has passed it knows that the loop has seen
 * everything that was in its sockets before, and has run what followed from it.
 */
final class LoopGate implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 10;

  private final EventLoop loop;
  private final Socket outside;
  private final Semaphore seen = new Semaphore(0);

  LoopGate(Loops loops, EventLoop loop) {
    this.loop = loop;
    try (ServerSocket door = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      new Bootstrap()
          .group(loop)
          .channel(loops.clientChannelType())
          .handler(
              new SimpleChannelInboundHandler<ByteBuf>() {
                @Override
                protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                  seen.release(bytes.readableBytes());
                }
              })
          .connect(new InetSocketAddress(door.getInetAddress(), door.getLocalPort()));
      outside = door.accept();
      outside.setTcpNoDelay(true);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The loop reads a byte after all that came before it, and then comes to the end of its turn. */
  void pass() {
    try {
      outside.getOutputStream().write(1);
      if (!seen.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)
          || !loop.submit(() -> {}).await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("a loop does not answer within " + PATIENCE_SECONDS + " s");
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while a loop was waited for", e);
    }
  }

  @Override
  public void close() {
    try {
      outside.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
