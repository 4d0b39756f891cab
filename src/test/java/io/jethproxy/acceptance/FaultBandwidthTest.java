package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.LoadReport;
import io.jethproxy.testing.OpenLoop;
import io.jethproxy.testing.OpenLoop.Question;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Row T21: a provider at the end of a line of 64 kbit/s, and answers of a megabyte. */
class FaultBandwidthTest {

  private static final String LARGE = "eth_newThing";
  private static final int BYTES_PER_SECOND = 8_000;
  private static final int LARGE_BYTES = 1_000_000;

  @Test
  void largeAnswersComeFromOthersAndSmallOnesDoNotWaitBehindThem() {
    FaultBed.Builder builder = FaultBed.builder(3);
    NarrowLine line = NarrowLine.to(builder.port(1), BYTES_PER_SECOND);
    builder.owning(line).url(1, line.url()).set("TIMEOUT_SECONDS", "2");
    try (FaultBed bed = builder.start().awaitAll()) {
      bed.each(u -> u.on(LARGE).answer(logs()));

      CompletableFuture<LoadReport> large =
          CompletableFuture.supplyAsync(() -> load(bed, 5, LARGE, "[]"));
      bed.assertClean(bed.load(50, 6, () -> {}));
      LoadReport answered = large.join();

      assertThat(answered.failed().stream().limit(3)).as("%s", answered).isEmpty();
      assertThat(answered.samples()).allMatch(sample -> sample.answer().length() >= LARGE_BYTES);
      assertThat(bed.u(1).count(LARGE)).isLessThan(answered.count() / 4);

      LoadReport after = bed.load(50, 2, () -> {});
      bed.assertClean(after);
      assertThat(after.latency(95)).as("%s", after).isLessThan(Duration.ofMillis(500));
    }
  }

  private static LoadReport load(FaultBed bed, int perSecond, String method, String params) {
    return OpenLoop.on(bed.gateway.port(), "/", perSecond, id -> new Question(method, params))
        .run(Duration.ofSeconds(6));
  }

  private static String logs() {
    String log = "{\"data\":\"0x" + "0".repeat(LARGE_BYTES) + "\"}";
    return "[" + log + "]";
  }
}
