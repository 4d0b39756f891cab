package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.RpcClient.Answered;
import io.jethproxy.testing.Rule;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows P1 to P5, P8, P9, P12 to P18, T15, S8 and S11: one provider of three that speaks JSON-RPC
 * badly, then all of them. They are of three tiers, so that the one that lies is always asked
 * first.
 */
class FaultProtocolTest {

  private final FakeTicker ticker = new FakeTicker();
  private final FaultBed bed =
      FaultBed.builder(3)
          .with(2, "tier: secondary")
          .with(3, "tier: backup")
          .ticker(ticker)
          .start()
          .awaitAll();

  @AfterEach
  void stop() {
    bed.close();
  }

  /** The fault, and what clients get when all providers have it: status, code. */
  static Stream<Arguments> lies() {
    return Stream.of(
        // P1, T15
        lie("truncated", Rule::truncatedJson, 502, -32013),
        lie("two documents", Rule::twoDocuments, 502, -32013),
        lie("trailing comma", Rule::trailingComma, 502, -32013),
        lie("not JSON", rule -> rule.plainText("{'result':1}"), 502, -32013),
        lie("an array", rule -> rule.plainText("[]"), 502, -32013),
        lie("a string", rule -> rule.plainText("\"0x1\""), 502, -32013),
        // S8
        lie("a byte order mark", Rule::byteOrderMark, 502, -32013),
        lie("garbage behind it", rule -> rule.answer("\"0x1\"}x{"), 502, -32013),
        lie("no number", rule -> rule.answer("NaN"), 502, -32013),
        lie("infinity", rule -> rule.answer("-Infinity"), 502, -32013),
        lie("an open string", rule -> rule.answer("\"0x1"), 502, -32013),
        lie("a control character", rule -> rule.answer("\"0x\u00011\""), 502, -32013),
        lie("ten megabytes", rule -> rule.answer('"' + "a".repeat(10 << 20) + '"'), 502, -32013),
        lie("nested", rule -> rule.answer("[".repeat(10_000) + "]".repeat(10_000)), 502, -32013),
        lie("a prototype", rule -> rule.answer("{\"__proto__\":{\"x\":1}}"), 502, -32013),
        lie("two results", rule -> rule.answer("\"0x1\",\"result\":\"0x2\""), 502, -32013),
        // P2
        lie("wrong id", Rule::wrongId, 502, -32013),
        lie("no id", Rule::missingId, 502, -32013),
        lie("null id", Rule::nullId, 502, -32013),
        lie("id as a string", Rule::stringId, 502, -32013),
        // P4, P5
        lie("both", Rule::bothResultAndError, 502, -32013),
        lie("neither", Rule::neitherResultNorError, 502, -32013),
        // P12: our request was valid
        lie("fabricated parse error", rule -> rule.error(-32700, "parse error"), 502, -32013),
        lie(
            "fabricated invalid request",
            rule -> rule.error(-32600, "invalid request"),
            502,
            -32013),
        // P16
        lie("0x for a quantity", rule -> rule.answer("\"0x\""), 502, -32013),
        lie("an object for a quantity", rule -> rule.answer("{}"), 502, -32013),
        lie("a list for a quantity", rule -> rule.answer("[]"), 502, -32013));
  }

  private static Arguments lie(String name, Consumer<Rule> happens, int status, int code) {
    return Arguments.of(name, happens, status, code);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void aLieIsNeverPassedOn(String name, Consumer<Rule> happens, int status, int code) {
    happens.accept(bed.u(1).on("eth_gasPrice"));
    for (int i = 0; i < 3; i++) {
      assertThat(bed.client().call("eth_gasPrice", "[]").text())
          .endsWith(",\"result\":\"0x3b9aca00\"}");
    }
    assertThat(bed.u(1).count("eth_gasPrice")).isPositive();

    bed.each(u -> happens.accept(u.on("eth_gasPrice")));
    Answered answered = bed.client().call("eth_gasPrice", "[]");

    assertThat(answered.status()).isEqualTo(status);
    assertThat(answered.errorCode()).isEqualTo(code);
    assertThat(answered.json().at("/error/data/attempts").size()).isEqualTo(3);
  }

  /** S8: broken whatever the method's answers look like. */
  static Stream<Arguments> broken() {
    String begun = "{\"trace\":\"" + "a".repeat(200_000) + "\"";
    return Stream.of(
        shape("a byte order mark", rule -> rule.withResult("{}").byteOrderMark()),
        shape("garbage behind it", rule -> rule.answer("{}}x{")),
        shape("two documents", rule -> rule.withResult("{}").twoDocuments()),
        shape("no number", rule -> rule.answer("{\"gas\":NaN}")),
        shape("a control character", rule -> rule.answer("\"a\u0001b\"")),
        shape("nested", rule -> rule.answer("[".repeat(10_000) + "]".repeat(10_000))),
        shape("an open object", rule -> rule.answer("{\"gas\":1")),
        shape("a long open object", rule -> rule.answer(begun)),
        shape("garbage in a long one", rule -> rule.answer(begun + ",,}")),
        shape("garbage behind a long one", rule -> rule.answer(begun + "}}x{")),
        shape("two results", rule -> rule.answer("1,\"result\":2")));
  }

  private static Arguments shape(String name, Consumer<Rule> happens) {
    return Arguments.of(name, happens);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void aBrokenAnswerOfAnyMethodIsNeverPassedOn(String name, Consumer<Rule> happens) {
    happens.accept(bed.u(1).on("eth_newThing"));
    bed.u(2).on("eth_newThing").answer("7");

    assertThat(bed.client().call("eth_newThing", "[]").text()).endsWith(",\"result\":7}");
    assertThat(bed.u(1).count("eth_newThing")).isEqualTo(1);
  }

  @Test
  void aProviderThatLiesAboutIdsAgainAndAgainIsTakenOut() {
    bed.u(1).always().wrongId();

    for (int i = 0; i < 12; i++) {
      assertThat(bed.client().call("eth_gasPrice", "[]").status()).isEqualTo(200);
      assertThat(bed.balance().status()).isEqualTo(200);
    }

    assertThat(bed.state(1)).isEqualTo("ejected");
    assertThat(bed.cause(1)).isEqualTo("wrong_id");
  }

  // P3, P4.

  @Test
  void toleratesAnOldOrMissingVersionAndAlwaysSpeaksTheNewOne() {
    bed.u(1).on("eth_gasPrice").times(1).withoutVersion();
    bed.u(1).on("eth_gasPrice").times(1).oldVersion();

    for (int i = 0; i < 2; i++) {
      assertThat(bed.client().call("eth_gasPrice", "[]").text())
          .startsWith("{\"jsonrpc\":\"2.0\",")
          .endsWith(",\"result\":\"0x3b9aca00\"}");
    }
    assertThat(bed.asked("eth_gasPrice")).isEqualTo(2);
  }

  @Test
  void anErrorBesideANullResultIsAnError() {
    String error = "{\"code\":3,\"message\":\"execution reverted\",\"data\":\"0x01\"}";
    bed.u(1).on("eth_estimateGas").answer("null,\"error\":" + error);

    Answered answered = bed.client().call("eth_estimateGas", "[{}]");

    assertThat(answered.json().path("error").toString()).isEqualTo(error);
    assertThat(bed.asked("eth_estimateGas")).isEqualTo(1);
  }

  // P8.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-32005|daily request count exceeded, request rate limited",
        "-32000|rate limit exceeded",
        "429|Too Many Requests",
        "-32000|Your app has exceeded its compute units per second capacity",
        "-32090|Too many requests, reason: call rate limit exhausted, retry in 10s"
      })
  void anErrorThatMeansALimitIsNotTheClients(String said) {
    String[] parts = said.split("\\|", -1);
    bed.u(1).on("eth_gasPrice").error(Integer.parseInt(parts[0]), parts[1]);

    assertThat(bed.client().call("eth_gasPrice", "[]").status()).isEqualTo(200);
    assertThat(bed.u(2).count("eth_gasPrice")).isEqualTo(1);

    bed.each(u -> u.on("eth_gasPrice").error(Integer.parseInt(parts[0]), parts[1]));
    Answered answered = bed.client().call("eth_gasPrice", "[]");
    assertThat(answered.status()).isEqualTo(503);
    assertThat(answered.errorCode()).isEqualTo(-32002);
    assertThat(answered.header("Retry-After")).isPresent();
  }

  // P9.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-32000|header not found",
        "-32000|missing trie node 3f2a (path 0a) state 0x12 is not available",
        "-32000|block not found",
        "-32001|Unable to find block",
        "-32000|unknown block",
        "-32014|block is not available"
      })
  void anErrorThatMeansMissingDataNeverTakesAProviderOut(String said) {
    String[] parts = said.split("\\|", -1);
    bed.u(1).on("eth_getBalance").error(Integer.parseInt(parts[0]), parts[1]);

    for (int i = 0; i < 30; i++) {
      assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    }

    assertThat(bed.state(1)).isEqualTo("healthy");
  }

  // P13 to P15.

  @Test
  void neverServesNothingForAReceiptlessBlockThatIsKnown() {
    bed.u(1).on("eth_getBlockReceipts").answer("null");

    assertThat(bed.client().call("eth_getBlockReceipts", "[\"0x10\"]").text())
        .contains("\"result\":[]");

    bed.each(u -> u.on("eth_getBlockReceipts").answer("null"));
    assertThat(bed.client().call("eth_getBlockReceipts", "[\"0x10\"]").errorCode())
        .isEqualTo(-32014);
  }

  @Test
  void noLogsOfAProviderThatIsNotThereYetAreServed() {
    bed.u(1).on("eth_blockNumber").answer("\"0x3e0\"");
    bed.gateway.await(() -> bed.provider(1).path("head").asInt() == 0x3e0, "u1 is behind");

    String latest = "[{\"fromBlock\":\"0x3de\",\"toBlock\":\"0x3e8\"}]";
    for (int i = 0; i < 5; i++) {
      assertThat(bed.client().call("eth_getLogs", latest).text()).contains("\"result\":[]");
    }
    assertThat(bed.u(1).count("eth_getLogs")).isZero();

    bed.client().call("eth_getLogs", "[{\"fromBlock\":\"0x3de\",\"toBlock\":\"0x3e0\"}]");
    assertThat(bed.u(1).count("eth_getLogs")).isEqualTo(1);
  }

  // P17, P18.

  @Test
  void passesNumbersOnByteForByte() {
    List<String> results =
        List.of(
            "{\"n\":9007199254740993,\"f\":1.10,\"e\":1E400,\"z\":-0}",
            "\"0x" + "f".repeat(64) + "\"",
            "[ 1 , \"\\u00e9\\/\" ]");
    for (String result : results) {
      bed.u(1).on("eth_newThing").times(1).answer(result);

      assertThat(bed.client().call("eth_newThing", "[]").text()).contains("\"result\":" + result);
    }
  }

  static Stream<Arguments> tooLarge() {
    String large = '"' + "a".repeat(5_000_000) + '"';
    return Stream.of(
        shape("announced", rule -> rule.hugeAnswer(5_000_000)),
        shape("in chunks", rule -> rule.withResult(large).chunked()),
        shape("beyond numbers", rule -> rule.claimedContentLength("9223372036854775807")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tooLarge")
  void saysSoWhenAnAnswerIsLargerThanAllowed(String name, Consumer<Rule> happens) {
    FaultBed small =
        FaultBed.builder(2)
            .ticker(ticker)
            .top("requests:\n  responseBytesMax: 100000\n")
            .start()
            .awaitAll();
    try (small) {
      small.each(u -> happens.accept(u.on("eth_newThing")));

      Answered answered = small.client().call("eth_newThing", "[]");

      assertThat(answered.status()).isEqualTo(502);
      assertThat(answered.errorCode()).isEqualTo(-32013);
      assertThat(answered.json().at("/error/data/reason").asString())
          .isEqualTo("response_too_large");
      assertThat(IntStream.rangeClosed(1, 2)).allMatch(i -> small.state(i).equals("healthy"));
      small.each(FakeProvider::forgetScript);
      assertThat(small.balance().status()).isEqualTo(200);
    }
  }

  @Test
  void passesALargeAnswerOnWhole() {
    bed.u(1).on("eth_newThing").hugeAnswer(3_000_000);

    Answered answered = bed.client().call("eth_newThing", "[]");

    assertThat(answered.text().length()).isBetween(2_999_000, 3_001_000);
    assertThat(answered.result().asString()).endsWith("aaa");
  }
}
