package io.jethproxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The event loops of the gateway: epoll where the system has it, else NIO. */
public final class Loops implements AutoCloseable {

  private final MultiThreadIoEventLoopGroup group;
  private final List<EventLoop> loops = new ArrayList<>();
  private final FastThreadLocal<EventLoop> current = new FastThreadLocal<>();
  private final boolean epoll;

  /**
   * @param count how many threads; positive
   */
  public Loops(int count) {
    epoll = Epoll.isAvailable();
    IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("loop"), handlers);
    for (EventExecutor executor : group) {
      EventLoop loop = (EventLoop) executor;
      loops.add(loop);
      loop.execute(() -> current.set(loop));
    }
  }

  /** The loop of the calling thread; on other threads, some loop. */
  public EventLoop current() {
    EventLoop loop = current.get();
    return loop != null ? loop : group.next();
  }

  /**
   * The loop of the calling thread.
   *
   * @throws IllegalStateException on any other thread
   */
  public EventLoop own() {
    EventLoop loop = current.get();
    if (loop == null) {
      throw new IllegalStateException("not on an event loop: " + Thread.currentThread().getName());
    }
    return loop;
  }

  public List<EventLoop> all() {
    return List.copyOf(loops);
  }

  public MultiThreadIoEventLoopGroup group() {
    return group;
  }

  public Class<? extends Channel> clientChannelType() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  public Class<? extends ServerChannel> serverChannelType() {
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  /** Stops the threads after the tasks that they have; waits a few seconds at most. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }
}
