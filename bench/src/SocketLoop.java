import io.netty.buffer.ByteBuf;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/** Closed-loop load over WebSockets: each connection asks again as soon as it is answered. */
final class SocketLoop implements AutoCloseable {
  /** What one run did; {@code failed} were answered without a result. */
  record Result(long requests, long failed, double perSecond, double p50Millis, double p99Millis) {}

  private static final int SAMPLES_MAX = 2_000_000;
  private static final int OPEN_SECONDS_MAX = 30;

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final List<Asker> askers = new ArrayList<>();
  private final LongFunction<String> question;
  private final int[] latencyMicros = new int[SAMPLES_MAX];
  private long asked = System.nanoTime() & 0xffff_ffffL;
  private int answered;
  private long failed;
  private volatile boolean going;

  /** {@code question} makes a request of a number that is never the same. */
  SocketLoop(int port, String path, int connections, LongFunction<String> question) {
    this.question = question;
    List<CompletableFuture<Void>> opening = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      Asker asker = new Asker(path);
      opening.add(asker.connect(loop, "127.0.0.1", port));
      askers.add(asker);
    }
    CompletableFuture.allOf(opening.toArray(CompletableFuture[]::new))
        .orTimeout(OPEN_SECONDS_MAX, TimeUnit.SECONDS)
        .join();
  }

  Result run(int seconds) throws InterruptedException {
    long start = System.nanoTime();
    loop.submit(() -> {
          answered = 0;
          failed = 0;
          going = true;
          askers.forEach(Asker::ask);
        })
        .sync();
    TimeUnit.SECONDS.sleep(seconds);
    going = false;
    double elapsed = (System.nanoTime() - start) / 1e9;
    CompletableFuture<Result> result = new CompletableFuture<>();
    loop.execute(() -> result.complete(result(elapsed)));
    return result.join();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private Result result(double elapsed) {
    int kept = Math.min(answered, SAMPLES_MAX);
    int[] sorted = Arrays.copyOf(latencyMicros, kept);
    Arrays.sort(sorted);
    return new Result(
        answered, failed, answered / elapsed, at(sorted, 0.50), at(sorted, 0.99));
  }

  private static double at(int[] sorted, double quantile) {
    return sorted.length == 0
        ? 0
        : sorted[Math.max(0, (int) Math.ceil(quantile * sorted.length) - 1)] / 1e3;
  }

  private final class Asker extends SocketClient {
    private static final int FAULT_SCAN_BYTES = 80;

    private long momentNanos;

    Asker(String path) {
      super(path);
    }

    void ask() {
      momentNanos = System.nanoTime();
      send(question.apply(++asked));
      flush();
    }

    @Override
    void text(ByteBuf payload, int bytes) {
      if (answered < SAMPLES_MAX) {
        latencyMicros[answered] = (int) ((System.nanoTime() - momentNanos) / 1_000);
      }
      answered++;
      failed += isFault(payload, bytes) ? 1 : 0;
      if (going) {
        ask();
      }
    }

    /** Whether "error" comes where "result" should. */
    private boolean isFault(ByteBuf payload, int bytes) {
      int from = payload.readerIndex();
      int end = from + Math.min(bytes, FAULT_SCAN_BYTES) - 2;
      for (int at = from; at < end; at++) {
        if (payload.getByte(at) == '"' && payload.getByte(at + 1) == 'e') {
          return true;
        }
      }
      return false;
    }

    @Override
    void lost() {
      failed++;
    }
  }
}
