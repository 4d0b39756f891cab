package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.RawHttp;
import io.jethproxy.testing.RpcClient.Answered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Rows C13, C14 and T19: equal questions together, one after another, and with nobody to ask. */
class CacheTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int CALLERS = 1_000;

  private static String atHead(FaultBed bed) {
    return "[\"%s\",\"0x%x\"]".formatted(FaultBed.ADDRESS, bed.world.head());
  }

  private static FaultBed.Builder bed() {
    return FaultBed.builder(2).cached();
  }

  /** Waits until the chain is followed, so that its newest block is known. */
  private static FaultBed started(FaultBed.Builder builder) {
    FaultBed bed = builder.start().awaitAll();
    bed.gateway.await(
        () -> {
          int before = bed.asked("eth_getCode");
          String params = atHead(bed);
          bed.client().call("eth_getCode", params);
          bed.client().call("eth_getCode", params);
          return bed.asked("eth_getCode") <= before + 1;
        },
        "answers at the head are kept");
    return bed;
  }

  private static List<CompletableFuture<Answered>> askAll(FaultBed bed, int callers) {
    String params = atHead(bed);
    List<CompletableFuture<Answered>> asked = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      asked.add(bed.client().callAsync("eth_getBalance", params));
    }
    return asked;
  }

  @Test
  void asksTwiceAtMostForAThousandAtOnceAndNeverAfterwards() {
    try (FaultBed bed = started(bed())) {
      bed.each(u -> u.on("eth_getBalance").delay(Duration.ofSeconds(1)));

      for (CompletableFuture<Answered> each : askAll(bed, CALLERS)) {
        assertThat(each.join().result().toString()).isEqualTo(FaultBed.BALANCE);
      }
      assertThat(bed.asked("eth_getBalance")).isBetween(1, 2);

      int before = bed.asked("eth_getBalance");
      bed.client().call("eth_getBalance", atHead(bed));
      assertThat(bed.asked("eth_getBalance")).isEqualTo(before);
    }
  }

  @Test
  void answersAllWhenTheFirstCallerIsKilled() throws Exception {
    try (FaultBed bed = started(bed())) {
      CountDownLatch released = new CountDownLatch(1);
      bed.each(u -> u.on("eth_getBalance").hold(released));
      String first =
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBalance\",\"params\":%s}"
              .formatted(atHead(bed));
      List<CompletableFuture<Answered>> others;
      try (RawHttp leader = RawHttp.connect(bed.gateway.port())) {
        leader.send(RawHttp.post("/", first));
        bed.gateway.await(() -> bed.asked("eth_getBalance") > 0, "the first has asked");
        others = askAll(bed, 100);
        leader.reset();
      }

      released.countDown();

      for (CompletableFuture<Answered> each : others) {
        assertThat(each.get(10, java.util.concurrent.TimeUnit.SECONDS).result().toString())
            .isEqualTo(FaultBed.BALANCE);
      }
      assertThat(bed.asked("eth_getBalance")).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void letsEachMeetItsOwnDeadlineWhenNobodyAnswers() {
    try (FaultBed bed = started(bed().set("REQUEST_TIMEOUT_SECONDS", "1"))) {
      bed.each(u -> u.on("eth_getBalance").hold());

      long start = System.nanoTime();
      for (CompletableFuture<Answered> each : askAll(bed, 100)) {
        assertThat(each.join().errorCode()).isEqualTo(-32015);
      }

      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofMillis(900), PATIENCE);
      assertThat(bed.asked("eth_getBalance")).isLessThanOrEqualTo(4);
      bed.each(u -> u.release());
    }
  }

  @Test
  void servesWhatIsFinalWhileAllProvidersAreOut() {
    try (FaultBed bed = started(bed())) {
      String old = "[\"%s\",\"0x1\"]".formatted(FaultBed.ADDRESS);
      bed.gateway.await(
          () -> {
            int before = bed.asked("eth_getBalance");
            bed.client().call("eth_getBalance", old);
            bed.client().call("eth_getBalance", old);
            return bed.asked("eth_getBalance") == before;
          },
          "what is final is known and kept");

      bed.each(u -> u.kill());

      assertThat(bed.client().call("eth_getBalance", old).result().toString())
          .isEqualTo(FaultBed.BALANCE);
    }
  }
}
