import io.netty.buffer.ByteBuf;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Many WebSocket clients that subscribe to the same and only count what they hear, all on one loop.
 * Their addresses differ, as those of clients do, so that no limit for one address is met.
 */
final class Crowd implements AutoCloseable {
  private static final int WAVE = 100;
  private static final int PER_ADDRESS = 50;
  private static final int OPEN_SECONDS_MAX = 30;
  private static final int TENTHS_MAX = 100_000;

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final List<Listener> listeners = new ArrayList<>();
  private final long[] tenths = new long[TENTHS_MAX];
  private volatile long sinceNanos;
  private volatile long subscribed;
  private volatile long notices;
  private volatile long lastNanos;
  private volatile int lastBytes;
  private volatile long lost;

  /** Opens so many more, a hundred at a time, each with this request as its only one. */
  void open(int port, int count, String subscribe) throws InterruptedException {
    long expected = subscribed + count;
    for (int opened = 0; opened < count; opened += WAVE) {
      List<CompletableFuture<Void>> wave = new ArrayList<>();
      for (int i = opened; i < Math.min(count, opened + WAVE); i++) {
        Listener listener = new Listener(subscribe);
        wave.add(
            listener
                .connect(loop, address(listeners.size()), port)
                .thenRun(listener::subscribe));
        listeners.add(listener);
      }
      CompletableFuture.allOf(wave.toArray(CompletableFuture[]::new))
          .orTimeout(OPEN_SECONDS_MAX, TimeUnit.SECONDS)
          .join();
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(OPEN_SECONDS_MAX);
    while (subscribed < expected && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    if (subscribed < expected) {
      throw new IllegalStateException(subscribed + " subscribed (expected: " + expected + ")");
    }
  }

  /** From here on all count from nothing. */
  void begin() {
    loop.submit(() -> {
          notices = 0;
          Arrays.fill(tenths, 0);
          listeners.forEach(each -> each.heard = 0);
        })
        .syncUninterruptibly();
  }

  /** Latencies count from this moment on. */
  void since(long nanos) {
    sinceNanos = nanos;
  }

  long notices() {
    return notices;
  }

  /** When the last notice came. */
  long lastNanos() {
    return lastNanos;
  }

  /** How long the payload of the last notice was. */
  int lastBytes() {
    return lastBytes;
  }

  /** Connections that have ended. */
  long lost() {
    return lost;
  }

  /** Whether all have heard as much as the first, which is how much. */
  boolean isEven() {
    return listeners.stream().allMatch(each -> each.heard == listeners.getFirst().heard);
  }

  /** Of all notices since the beginning, in milliseconds. */
  double millisAt(double quantile) {
    long wanted = (long) Math.ceil(quantile * notices);
    int at = 0;
    for (long sum = tenths[0]; sum < wanted && at < TENTHS_MAX - 1; sum += tenths[at]) {
      at++;
    }
    return at / 10.0;
  }

  @Override
  public void close() {
    loop.next().execute(() -> listeners.forEach(SocketClient::close));
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private static String address(int client) {
    int address = client / PER_ADDRESS;
    return "127.0." + (1 + address / 200) + "." + (1 + address % 200);
  }

  /** One of them; only its loop writes. */
  private final class Listener extends SocketClient {
    private final String subscribe;
    private long heard = -1;

    Listener(String subscribe) {
      super("/");
      this.subscribe = subscribe;
    }

    void subscribe() {
      send(subscribe);
      flush();
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one loop writes
    void text(ByteBuf payload, int bytes) {
      if (++heard == 0) {
        subscribed++;
        return;
      }
      long now = System.nanoTime();
      tenths[(int) Math.clamp((now - sinceNanos) / 100_000, 0, TENTHS_MAX - 1)]++;
      lastNanos = now;
      lastBytes = bytes;
      notices++;
    }

    @Override
    void lost() {
      lost++;
    }
  }
}
