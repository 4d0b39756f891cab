package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.Keccak;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.RpcClient.Answered;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The other methods that publish a transaction, after an attempt whose end nobody knows: what the
 * next provider has already is a success. The clock is turned by hand.
 */
class FaultPublishingTest {

  private static final String SYNC = "eth_sendRawTransactionSync";
  private static final String DETAILED = "zks_sendRawTransactionWithDetailedOutput";
  private static final String LOOK_UP = "eth_getTransactionByHash";
  private static final String RECEIPT = "eth_getTransactionReceipt";
  private static final String RAW = "0x02f8" + "a1b2c3d4".repeat(24);
  private static final String HASH =
      Keccak.hash(HexFormat.of().parseHex(RAW.substring(2))).toString();
  private static final String MINED =
      "{\"transactionHash\":\"" + HASH + "\",\"status\":\"0x1\",\"blockNumber\":\"0x3e8\"}";

  private final FakeTicker ticker = new FakeTicker();

  private FaultBed bed(int providers) {
    return FaultBed.builder(providers).ticker(ticker).start().awaitAll();
  }

  /** The first to be asked breaks the connection; whoever comes next knows the transaction. */
  private static FaultBed firstBreaksThenKnown(FaultBed bed, String method, String message) {
    AtomicBoolean broken = new AtomicBoolean();
    return bed.each(
            u -> u.on(method).when(asked -> broken.compareAndSet(false, true)).rstAfterRequest())
        .each(u -> u.on(method).error(-32000, message));
  }

  private static CompletableFuture<Answered> send(FaultBed bed, String method) {
    return bed.client().callAsync(method, "[\"" + RAW + "\"]");
  }

  private static void mined(FakeProvider provider) {
    provider.on(LOOK_UP).answer("{\"hash\":\"" + HASH + "\"}");
    provider.on(RECEIPT).answer(MINED);
  }

  @Test
  void givesTheReceiptThatAProviderWaitedFor() {
    try (FaultBed bed = bed(3)) {
      bed.each(u -> u.on(SYNC).answer(MINED));

      assertThat(send(bed, SYNC).join().result().path("transactionHash").asString())
          .isEqualTo(HASH);
      assertThat(bed.asked(SYNC)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"already known", "nonce too low: next nonce 8, tx nonce 7"})
  void getsTheReceiptFromTheChainWhenTheTransactionIsKnownAlready(String message) {
    try (FaultBed bed = firstBreaksThenKnown(bed(3), SYNC, message)) {
      bed.each(FaultPublishingTest::mined);

      Answered answered = send(bed, SYNC).join();

      assertThat(answered.result().path("transactionHash").asString()).isEqualTo(HASH);
      assertThat(answered.result().path("status").asString()).isEqualTo("0x1");
    }
  }

  @Test
  void waitsForTheReceiptOfATransactionThatIsNotMinedYet() {
    try (FaultBed bed = firstBreaksThenKnown(bed(2), SYNC, "already known")) {
      CompletableFuture<Answered> asked = send(bed, SYNC);
      bed.gateway.await(() -> bed.asked(RECEIPT) >= 4, "the receipt is asked for again");
      bed.each(FaultPublishingTest::mined);
      bed.gateway.await(asked::isDone, "the client is answered");

      assertThat(asked.join().result().path("transactionHash").asString()).isEqualTo(HASH);
    }
  }

  @Test
  void saysThatItIsPublishedWhenNoReceiptComesByTheDeadline() {
    try (FaultBed bed = firstBreaksThenKnown(bed(2), SYNC, "already known")) {
      CompletableFuture<Answered> asked = send(bed, SYNC);
      bed.gateway.await(() -> bed.asked(RECEIPT) > 0, "the receipt is asked for");
      bed.gateway.await(
          () -> {
            ticker.advanceMillis(1_000);
            return asked.isDone();
          },
          "the client is answered");

      assertThat(asked.join().status()).isEqualTo(200);
      assertThat(asked.join().errorCode()).isEqualTo(4);
      assertThat(asked.join().json().at("/error/data").asString()).isEqualTo(HASH);
    }
  }

  @Test
  void givesNonceTooLowUnchangedWhenTheChainHasAnotherTransaction() {
    String message = "nonce too low: next nonce 8, tx nonce 7";
    try (FaultBed bed = firstBreaksThenKnown(bed(3), SYNC, message)) {
      Answered answered = send(bed, SYNC).join();

      assertThat(answered.errorCode()).isEqualTo(-32000);
      assertThat(answered.json().at("/error/message").asString()).isEqualTo(message);
      assertThat(bed.asked(LOOK_UP)).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {SYNC, DETAILED, "klay_sendRawTransaction"})
  void doesNotExistWhereNoProviderHasIt(String method) {
    try (FaultBed bed = bed(3)) {
      assertThat(send(bed, method).join().errorCode()).isEqualTo(-32601);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kaia_sendRawTransaction", "klay_sendRawTransaction"})
  void answersWithTheHashWhenTheTransactionIsKnownAlready(String method) {
    try (FaultBed bed = firstBreaksThenKnown(bed(2), method, "already known")) {
      assertThat(send(bed, method).join().result().asString()).isEqualTo(HASH);
    }
  }

  @Test
  void answersWithTheHashOfAPrivateTransactionThatIsKnownAlready() {
    try (FaultBed bed =
        firstBreaksThenKnown(
            FaultBed.builder(2)
                .with(1, "privateTransactions: true")
                .with(2, "privateTransactions: true")
                .ticker(ticker)
                .start()
                .awaitAll(),
            "eth_sendPrivateRawTransaction",
            "already known")) {
      assertThat(send(bed, "eth_sendPrivateRawTransaction").join().result().asString())
          .isEqualTo(HASH);
    }
  }

  @Test
  void givesTheDetailsThatAProviderTold() {
    try (FaultBed bed = bed(2)) {
      bed.each(u -> u.on(DETAILED).answer("{\"transactionHash\":\"" + HASH + "\",\"events\":[]}"));

      assertThat(send(bed, DETAILED).join().result().toString())
          .isEqualTo("{\"transactionHash\":\"" + HASH + "\",\"events\":[]}");
      assertThat(bed.asked(DETAILED)).isEqualTo(1);
    }
  }

  @Test
  void saysThatItIsPublishedWhenTheDetailsAreLost() {
    try (FaultBed bed = firstBreaksThenKnown(bed(2), DETAILED, "already known")) {
      Answered answered = send(bed, DETAILED).join();

      assertThat(answered.errorCode()).isEqualTo(4);
      assertThat(answered.json().at("/error/message").asString()).contains("was published");
      assertThat(answered.json().at("/error/data").asString()).isEqualTo(HASH);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {SYNC, DETAILED})
  void givesTheChainsRefusalUnchangedAfterAskingOnce(String method) {
    try (FaultBed bed = bed(3)) {
      bed.each(u -> u.on(method).error(-32000, "insufficient funds for gas * price + value"));

      assertThat(send(bed, method).join().json().at("/error/message").asString())
          .isEqualTo("insufficient funds for gas * price + value");
      assertThat(bed.asked(method)).isEqualTo(1);
    }
  }
}
