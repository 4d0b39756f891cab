package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.Keccak;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.RpcClient.Answered;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Publishing transactions when providers misbehave; the clock is turned by hand. */
class FaultBroadcastTest {

  private static final String SEND = "eth_sendRawTransaction";
  private static final String LOOK_UP = "eth_getTransactionByHash";
  private static final String RAW = "0x02f8" + "a1b2c3d4".repeat(24);
  private static final String HASH =
      Keccak.hash(HexFormat.of().parseHex(RAW.substring(2))).toString();

  private final FakeTicker ticker = new FakeTicker();

  private FaultBed bed(int providers) {
    return FaultBed.builder(providers).ticker(ticker).start().awaitAll();
  }

  private static CompletableFuture<Answered> sendAsync(FaultBed bed) {
    return bed.client().callAsync(SEND, "[\"" + RAW + "\"]");
  }

  private static Answered send(FaultBed bed) {
    return sendAsync(bed).join();
  }

  @Test
  void givesSeveralProvidersTheSameBytesAndAnswersWithTheHash() {
    try (FaultBed bed = bed(3)) {
      assertThat(send(bed).result().asString()).isEqualTo(HASH);

      bed.gateway.await(() -> bed.asked(SEND) == 3, "all three are given it");
      bed.each(u -> assertThat(u.asked(SEND).getFirst().params()).isEqualTo("[\"" + RAW + "\"]"));
    }
  }

  @Test
  void answersOnTheFirstAcceptanceAndLetsTheOthersFinish() {
    try (FaultBed bed = bed(3)) {
      bed.u(1).on(SEND).hold();
      bed.u(3).on(SEND).hold();

      assertThat(send(bed).result().asString()).isEqualTo(HASH);

      bed.gateway.await(() -> bed.asked(SEND) == 3, "all three are given it");
      ticker.advanceMillis(1_500);
      bed.u(1).release();
      bed.u(3).release();
      bed.gateway.await(
          () ->
              IntStream.rangeClosed(1, 3)
                  .allMatch(i -> bed.provider(i).path("inFlight").asInt() == 0),
          "the others are heard out");
      assertThat(bed.u(1).abandoned() + bed.u(3).abandoned()).isZero();
    }
  }

  @Test
  void answersWithTheHashThatItComputedWhateverAProviderClaims() {
    try (FaultBed bed = bed(1)) {
      bed.u(1).on(SEND).answer("\"0x" + "ee".repeat(32) + "\"");

      assertThat(send(bed).result().asString()).isEqualTo(HASH);
    }
  }

  @Test
  void doesNotTakeNothingForAcceptance() {
    try (FaultBed bed = bed(1)) {
      bed.u(1).on(SEND).answer("null");

      assertThat(send(bed).status()).isEqualTo(503);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"already known", "known transaction: 1234", "transaction already in mempool"})
  void takesAlreadyKnownForSuccess(String message) {
    try (FaultBed bed = bed(3)) {
      bed.each(u -> u.on(SEND).error(-32000, message));

      assertThat(send(bed).result().asString()).isEqualTo(HASH);
      assertThat(bed.asked(LOOK_UP)).isZero();
    }
  }

  @Test
  void takesNonceTooLowForSuccessWhenTheTransactionIsThere() {
    try (FaultBed bed = bed(3)) {
      bed.each(u -> u.on(SEND).error(-32000, "nonce too low: next nonce 8, tx nonce 7"));
      bed.each(u -> u.on(LOOK_UP).answer("{\"hash\":\"" + HASH + "\"}"));

      assertThat(send(bed).result().asString()).isEqualTo(HASH);
    }
  }

  @Test
  void givesNonceTooLowUnchangedWhenAnotherTransactionTookTheNonce() {
    try (FaultBed bed = bed(3)) {
      String message = "nonce too low: next nonce 8, tx nonce 7";
      bed.each(u -> u.on(SEND).error(-32000, message));

      Answered answered = send(bed);

      assertThat(answered.status()).isEqualTo(200);
      assertThat(answered.errorCode()).isEqualTo(-32000);
      assertThat(answered.json().at("/error/message").asString()).isEqualTo(message);
      assertThat(bed.asked(LOOK_UP)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replacement transaction underpriced",
        "insufficient funds for gas * price + value",
        "nonce too high"
      })
  void givesTheChainsOwnErrorWhenAllSaySo(String message) {
    try (FaultBed bed = bed(3)) {
      bed.each(u -> u.on(SEND).error(-32000, message, "{\"x\":1}"));

      Answered answered = send(bed);

      assertThat(answered.status()).isEqualTo(200);
      assertThat(answered.json().path("error").toString())
          .isEqualTo("{\"code\":-32000,\"message\":\"" + message + "\",\"data\":{\"x\":1}}");
      assertThat(bed.provider(1).path("failures").asInt()).isZero();
    }
  }

  @Test
  void oneRefusalDoesNotOutweighAnAcceptance() {
    try (FaultBed bed = bed(3)) {
      bed.u(1).on(SEND).error(-32000, "transaction underpriced");
      bed.u(2).on(SEND).rstAfterRequest();
      bed.u(3).on(SEND).after(Duration.ofMillis(200)).properly();

      assertThat(send(bed).result().asString()).isEqualTo(HASH);
    }
  }

  @Test
  void looksOnTheChainBeforeItReportsFailure() {
    try (FaultBed bed = bed(3)) {
      bed.each(u -> u.on(SEND).rstAfterRequest());
      bed.u(2).on(LOOK_UP).answer("{\"hash\":\"" + HASH + "\"}");
      bed.u(1).on(LOOK_UP).answer("{\"hash\":\"" + HASH + "\"}");

      assertThat(send(bed).result().asString()).isEqualTo(HASH);
    }
  }

  @Test
  void saysThatItMayHaveBeenPublishedWhenNobodyConfirmsIt() {
    try (FaultBed bed = bed(3)) {
      bed.each(u -> u.on(SEND).rstAfterRequest());

      Answered answered = send(bed);

      assertThat(answered.status()).isEqualTo(503);
      assertThat(answered.errorCode()).isEqualTo(-32002);
      assertThat(answered.json().at("/error/data/reason").asString()).isEqualTo("unconfirmed");
      assertThat(answered.json().at("/error/data/attempts").size()).isEqualTo(3);
      assertThat(bed.asked(LOOK_UP)).isPositive();
    }
  }

  @Test
  void endsByTheDeadlineInDoubtWhenAllHang() {
    try (FaultBed bed = bed(3)) {
      bed.each(u -> u.on(SEND).hold());
      bed.each(u -> u.on(LOOK_UP).hold());

      CompletableFuture<Answered> asked = sendAsync(bed);
      bed.gateway.await(() -> bed.asked(SEND) == 3, "all are asked");
      bed.gateway.await(() -> bed.asked(LOOK_UP) > 0, "the chain is asked");
      bed.gateway.await(asked::isDone, "the client is answered");

      assertThat(asked.join().status()).isEqualTo(504);
      assertThat(asked.join().errorCode()).isEqualTo(-32015);
      assertThat(asked.join().text()).contains("may have been published");
    }
  }

  @Test
  void tenEqualSendsAtOnceGiveTenEqualHashes() {
    try (FaultBed bed = bed(3)) {
      bed.each(u -> u.on(SEND).times(1).properly());
      bed.each(u -> u.on(SEND).error(-32000, "already known"));

      List<CompletableFuture<Answered>> asked =
          IntStream.range(0, 10).mapToObj(i -> sendAsync(bed)).toList();

      assertThat(asked)
          .allSatisfy(each -> assertThat(each.join().result().asString()).isEqualTo(HASH));
    }
  }

  @Test
  void isDeliveredByTheOthersWhenOneDropsIt() {
    try (FaultBed bed = bed(3)) {
      bed.u(1).on(SEND).answer("\"" + HASH + "\""); // says so, and forgets it

      assertThat(send(bed).result().asString()).isEqualTo(HASH);

      bed.gateway.await(() -> bed.u(2).count(SEND) + bed.u(3).count(SEND) == 2, "two have it");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[]", "[\"0x\"]", "[\"f86c\"]", "[\"0xzz\"]", "[7]", "{\"raw\":\"0x01\"}"})
  void refusesWhatIsNoTransactionWithoutAskingAnybody(String params) {
    try (FaultBed bed = bed(1)) {
      Answered answered = bed.client().call(SEND, params);

      assertThat(answered.status()).isEqualTo(200);
      assertThat(answered.errorCode()).isEqualTo(-32602);
      assertThat(bed.asked(SEND)).isZero();
    }
  }

  @Test
  void aPrivateWayNeverFallsBackToAPublicOne() {
    try (FaultBed bed =
        FaultBed.builder(3)
            .with(1, "privateTransactions: true")
            .ticker(ticker)
            .start()
            .awaitAll()) {
      assertThat(send(bed).result().asString()).isEqualTo(HASH);
      assertThat(bed.u(1).count(SEND)).isEqualTo(1);

      bed.u(1).on(SEND).rstAfterRequest();
      Answered doubtful = send(bed);
      bed.u(1).kill();
      Answered refused = send(bed);

      assertThat(doubtful.json().at("/error/data/reason").asString()).isEqualTo("unconfirmed");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.errorCode()).isEqualTo(-32002);
      for (int other : List.of(2, 3)) {
        assertThat(bed.u(other).count(SEND)).isZero();
        assertThat(bed.u(other).asked()).noneMatch(asked -> asked.body().contains(HASH));
      }
    }
  }

  @Test
  void readsNeverGoToAProviderForPrivateSends() {
    try (FaultBed bed =
        FaultBed.builder(2)
            .with(1, "privateTransactions: true")
            .ticker(ticker)
            .start()
            .awaitAll()) {
      for (int i = 0; i < 20; i++) {
        assertThat(bed.balance().status()).isEqualTo(200);
      }
      bed.u(2).kill();

      assertThat(bed.balance().status()).isEqualTo(503);
      assertThat(bed.u(1).count("eth_getBalance")).isZero();
    }
  }

  @Test
  void aProviderThatMayNotBroadcastIsNotGivenTransactions() {
    try (FaultBed bed =
        FaultBed.builder(2).with(1, "broadcast: false").ticker(ticker).start().awaitAll()) {
      assertThat(send(bed).result().asString()).isEqualTo(HASH);

      assertThat(bed.u(1).count(SEND)).isZero();
    }
  }

  @Test
  void showsTheBytesOfATransactionNowhere() {
    try (FaultBed bed = bed(2)) {
      bed.each(u -> u.on(SEND).status(500, "cannot take " + RAW));

      Answered answered = send(bed);

      String outside =
          answered.text() + bed.gateway.status() + bed.gateway.management().get("/metrics").text();
      assertThat(outside).doesNotContain(RAW.substring(2, 40));
    }
  }

  @Test
  void onlyWhatIsWellIsAskedWhenSomeAreOut() {
    try (FaultBed bed = bed(3)) {
      bed.u(1).kill();
      bed.u(2).on(SEND).status(429, "no", "Retry-After: 60");
      assertThat(send(bed).result().asString()).isEqualTo(HASH);
      bed.gateway.await(() -> bed.state(2).equals("throttled"), "u2 is out: u3 may be faster");
      bed.each(u -> u.forgetAsked());

      assertThat(send(bed).result().asString()).isEqualTo(HASH);

      assertThat(bed.u(2).count(SEND)).isZero();
      assertThat(bed.u(3).count(SEND)).isEqualTo(1);
    }
  }
}
