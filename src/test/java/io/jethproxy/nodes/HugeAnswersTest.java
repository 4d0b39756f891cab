package io.jethproxy.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.LoadReport;
import io.jethproxy.testing.OpenLoop;
import io.jethproxy.testing.OpenLoop.Question;
import io.jethproxy.testing.RawHttp;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Rows P18 and S11: answers as large as allowed, too large and without end, many at once, with the
 * heap that the program is shipped with.
 */
@Timeout(180)
class HugeAnswersTest {

  private static final int HEAP_MEBIBYTES = 512;
  private static final int BESIDES_MEBIBYTES = 300;
  private static final int PER_SECOND = 50;

  private FakeProvider huge;
  private FakeProvider other;
  private GatewayProcess gateway;

  @BeforeEach
  void start() {
    huge = FakeProvider.start();
    other = FakeProvider.start();
    gateway =
        GatewayProcess.before(huge, other)
            .heapMegabytes(HEAP_MEBIBYTES)
            .set("REQUEST_TIMEOUT_SECONDS", "60")
            .set("TIMEOUT_SECONDS", "30")
            .start()
            .awaitReady();
  }

  @AfterEach
  void stop() {
    gateway.close();
    huge.close();
    other.close();
  }

  /** What a client read: the status and how many bytes came, of how many. */
  private record Read(int status, long bytes, long promised) {
    boolean isWhole() {
      return bytes == promised;
    }
  }

  @Test
  void passesOneOfTheLargestOnWhole() throws IOException {
    int bytes = 127 << 20;
    huge.on("eth_newThing").hugeAnswer(bytes);
    other.on("eth_newThing").hugeAnswer(bytes);

    Read read = read();

    assertThat(read.status()).isEqualTo(200);
    assertThat(read.isWhole()).isTrue();
    assertThat(read.bytes()).isBetween(bytes - 1_000L, bytes + 1_000L);
  }

  @Test
  void staysWithinItsMemoryWhenManyAreLargeAndServesTheSmallOnes() {
    huge.on("eth_newThing").hugeAnswer(100 << 20);
    other.on("eth_newThing").hugeAnswer(100 << 20);

    List<Read> all = whileSmallOnesAreServed(12);

    assertThat(all).allMatch(Read::isWhole);
    assertThat(all).extracting(Read::status).isSubsetOf(200, 502, 503);
    assertThat(all).extracting(Read::status).contains(200);
  }

  @Test
  void staysWithinItsMemoryWhenManyAreTooLarge() {
    huge.on("eth_newThing").hugeAnswer(1L << 33);
    other.on("eth_newThing").endlessHeaders();

    List<Read> all = whileSmallOnesAreServed(50);

    assertThat(all).allMatch(Read::isWhole);
    assertThat(all).extracting(Read::status).isSubsetOf(502, 503);
  }

  private List<Read> whileSmallOnesAreServed(int many) {
    AtomicBoolean goesOn = new AtomicBoolean(true);
    CompletableFuture<LoadReport> small =
        CompletableFuture.supplyAsync(
            () ->
                OpenLoop.on(
                        gateway.port(), "/", PER_SECOND, id -> new Question("eth_gasPrice", "[]"))
                    .runWhile(goesOn::get),
            Thread::startVirtualThread);
    List<CompletableFuture<Read>> asked =
        IntStream.range(0, many)
            .mapToObj(_ -> CompletableFuture.supplyAsync(this::tryRead, Thread::startVirtualThread))
            .toList();
    List<Read> all = asked.stream().map(CompletableFuture::join).toList();
    goesOn.set(false);
    LoadReport report = small.join();

    assertThat(gateway.isAlive()).as("alive; it printed %s", gateway.printed()).isTrue();
    assertThat(report.failed().stream().limit(5)).as("%s", report).isEmpty();
    assertThat(report.latency(99)).as("%s", report).isLessThan(Duration.ofSeconds(2));
    assertThat(gateway.memoryKibibytes("VmHWM") / 1_024)
        .as("MiB")
        .isLessThan(HEAP_MEBIBYTES + BESIDES_MEBIBYTES);
    return all;
  }

  private Read tryRead() {
    try {
      return read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads an answer without keeping it. */
  private Read read() throws IOException {
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), gateway.port())) {
      String request = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_newThing\",\"params\":[]}";
      socket
          .getOutputStream()
          .write(
              RawHttp.post("/", request)
                  .replace("Host:", "Connection: close\r\nHost:")
                  .getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      String head = head(in);
      byte[] buffer = new byte[1 << 16];
      long bytes = 0;
      for (int more = in.read(buffer); more >= 0; more = in.read(buffer)) {
        bytes += more;
      }
      long promised = Long.parseLong(head.replaceFirst("(?is)^.*content-length: (\\d+).*$", "$1"));
      return new Read(Integer.parseInt(head.substring(9, 12)), bytes, promised);
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed after " + head);
      }
      head.append((char) next);
    }
    return head.toString();
  }
}
