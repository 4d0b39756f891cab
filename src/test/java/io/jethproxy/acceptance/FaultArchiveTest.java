package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Asked;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.RpcClient.Answered;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Row H18: providers that have thrown the past away. The one without it is of the first tier, thus
 * always asked first.
 */
class FaultArchiveTest {

  private static final int MANY = 20;
  private static final String PROVEN =
      """
      {"address":"%s","balance":"0x1","nonce":"0x1","codeHash":"0x%s","storageHash":"0x%s",\
      "accountProof":[],"storageProof":[]}\
      """
          .formatted(FaultBed.ADDRESS, "1".repeat(64), "1".repeat(64));

  private final FakeTicker ticker = new FakeTicker();
  private final FaultBed bed =
      FaultBed.builder(2).with(2, "tier: secondary").ticker(ticker).start().awaitAll();

  @AfterEach
  void stop() {
    bed.close();
  }

  private static Predicate<Asked> isAbout(String number) {
    return asked -> asked.params().contains('"' + number + '"');
  }

  private static long asked(FakeProvider u, String method, String number) {
    return u.asked(method).stream().filter(isAbout(number)).count();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "eth_getBalance | -32000 | missing trie node 1234 (path )"
            + " | [\""
            + FaultBed.ADDRESS
            + "\",\"0x1\"]",
        "eth_getProof | -32000 | distance to target block exceeds maximum proof window"
            + " | [\""
            + FaultBed.ADDRESS
            + "\",[],\"0x1\"]",
        "eth_getLogs | 4444 | pruned history unavailable"
            + " | [{\"fromBlock\":\"0x1\",\"toBlock\":\"0x1\"}]",
        "eth_getBlockReceipts | 4444 | pruned history unavailable | [\"0x1\"]",
        "eth_getBlockByNumber | 4444 | pruned history unavailable | [\"0x1\",false]"
      })
  void asksOneWithoutThePastOnceAndGoesOnAskingItForThePresent(
      String method, int code, String said, String params) {
    bed.u(1).on(method).when(isAbout("0x1")).error(code, said);
    bed.each(u -> u.on("eth_getProof").answer(PROVEN));
    bed.each(u -> u.forgetAsked());

    for (int i = 0; i < MANY; i++) {
      assertThat(bed.client().call(method, params).json().has("result")).isTrue();
      assertThat(bed.client().call(method, params.replace("0x1\"", "0x3e8\"")).status())
          .isEqualTo(200);
    }

    assertThat(asked(bed.u(1), method, "0x1")).isEqualTo(1);
    assertThat(asked(bed.u(2), method, "0x1")).isEqualTo(MANY);
    assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    assertThat(bed.u(1).count("eth_getBalance")).isPositive();
    assertThat(bed.state(1)).isEqualTo("healthy");
  }

  @Test
  void saysThatNobodyHasThePastAndAsksThemAllTheSameLater() {
    bed.each(u -> u.on("eth_getBalance").when(isAbout("0x1")).error(-32000, "missing trie node"));
    String params = "[\"" + FaultBed.ADDRESS + "\",\"0x1\"]";

    for (int i = 0; i < 3; i++) {
      Answered answered = bed.client().call("eth_getBalance", params);
      assertThat(answered.status()).isEqualTo(200);
      assertThat(answered.errorCode()).isEqualTo(-32014);
    }
    assertThat(IntStream.rangeClosed(1, 2)).allMatch(i -> bed.state(i).equals("healthy"));

    bed.each(FakeProvider::forgetScript);
    assertThat(bed.client().call("eth_getBalance", params).text()).contains(FaultBed.BALANCE);
  }

  @Test
  void triesThePastAgainAfterAnHour() {
    String params = "[\"" + FaultBed.ADDRESS + "\",\"0x1\"]";
    bed.u(1).on("eth_getBalance").when(isAbout("0x1")).error(-32000, "missing trie node");
    bed.client().call("eth_getBalance", params);
    bed.u(1).forgetScript().forgetAsked();

    bed.client().call("eth_getBalance", params);
    assertThat(bed.u(1).count("eth_getBalance")).isZero();

    ticker.advance(Duration.ofHours(1));
    bed.gateway.await(() -> bed.state(1).equals("healthy"), "u1 is heard of again");
    bed.client().call("eth_getBalance", params);
    assertThat(bed.u(1).count("eth_getBalance")).isEqualTo(1);
  }
}
