package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.survey.Survey;
import io.jethproxy.testing.Asked;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.RpcClient.Answered;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Row H18 without a client's call: what providers keep and offer is found out by asking them. The
 * one that keeps the newest 128 blocks alone is of the first tier, thus asked first where nothing
 * is known.
 */
class SurveysTest {

  private static final long FIRST_KEPT = 872;
  private static final String OLD = "0x10";
  private static final List<String> DEEP =
      List.of("eth_getBalance", "eth_getBlockReceipts", "eth_getLogs");
  private static final Pattern NUMBER = Pattern.compile("\"(0x[0-9a-f]{1,8})\"");
  private static final String PROVEN =
      """
      {"address":"%s","balance":"0x1","nonce":"0x1","codeHash":"0x%s","storageHash":"0x%s",\
      "accountProof":[],"storageProof":[]}\
      """
          .formatted(FaultBed.ADDRESS, "1".repeat(64), "1".repeat(64));

  private final FakeTicker ticker = new FakeTicker();
  private FaultBed bed;

  @AfterEach
  void stop() {
    bed.close();
  }

  private static boolean isOld(Asked asked) {
    Matcher number = NUMBER.matcher(asked.params());
    return number.find() && Long.decode(number.group(1)) < FIRST_KEPT;
  }

  private static void prune(FakeProvider u) {
    u.on("eth_getBalance").when(SurveysTest::isOld).error(-32000, "missing trie node 12 (path )");
    u.on("eth_getProof")
        .when(SurveysTest::isOld)
        .error(-32000, "distance to target block exceeds maximum proof window");
    for (String method : List.of("eth_getLogs", "eth_getBlockReceipts", "eth_getBlockByNumber")) {
      u.on(method).when(SurveysTest::isOld).error(4444, "pruned history unavailable");
    }
  }

  private void start(String top, Consumer<List<FakeProvider>> script) {
    bed =
        FaultBed.builder(2)
            .with(2, "tier: secondary")
            .top(top)
            .ticker(ticker)
            .surveyed()
            .before(script)
            .start()
            .awaitAll();
  }

  private void startAndAwait(String top, Consumer<List<FakeProvider>> script) {
    start(top, script);
    bed.gateway.await(() -> isIn("done", 1) && isIn("done", 2), "both surveys are done");
    bed.each(FakeProvider::forgetAsked);
  }

  private boolean isIn(String state, int provider) {
    return survey(provider).path("state").asString().equals(state);
  }

  private JsonNode survey(int provider) {
    return bed.provider(provider).path("surveys");
  }

  private JsonNode earliest(int provider) {
    return bed.provider(provider).path("earliestBlocks");
  }

  private static long asked(FakeProvider u) {
    return DEEP.stream().mapToLong(u::count).sum();
  }

  private static long askedOfThePast(FakeProvider u, String method) {
    return u.asked(method).stream().filter(SurveysTest::isOld).count();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "eth_getBalance | [\"" + FaultBed.ADDRESS + "\",\"0x10\"]",
        "eth_getProof | [\"" + FaultBed.ADDRESS + "\",[],\"0x10\"]",
        "eth_getLogs | [{\"fromBlock\":\"0x10\",\"toBlock\":\"0x10\"}]",
        "eth_getBlockReceipts | [\"0x10\"]",
        "eth_getBlockByNumber | [\"0x10\",false]"
      })
  void theFirstCallForThePastGoesToTheOneThatKeepsIt(String method, String params) {
    startAndAwait(
        "",
        all -> {
          all.forEach(u -> u.on("eth_getProof").when(a -> !isOld(a)).answer(PROVEN));
          prune(all.getFirst());
          all.getLast().on("eth_getProof").answer(PROVEN);
        });

    Answered past = bed.client().call(method, params);
    Answered present = bed.client().call(method, params.replace("0x10", "0x3e7"));

    assertThat(past.json().has("result")).as(past.text()).isTrue();
    assertThat(present.json().has("result")).as(present.text()).isTrue();
    assertThat(askedOfThePast(bed.u(1), method)).isZero();
    assertThat(askedOfThePast(bed.u(2), method)).isEqualTo(1);
    assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    assertThat(bed.u(1).count("eth_getBalance")).isPositive();
    for (String kind : List.of("state", "proofs", "receipts", "logs", "blocks")) {
      assertThat(earliest(1).path(kind).asLong()).as(kind).isBetween(FIRST_KEPT - 20, FIRST_KEPT);
      assertThat(earliest(2).path(kind).isNumber()).as(kind).isTrue();
      assertThat(earliest(2).path(kind).asLong()).as(kind).isZero();
    }
    assertThat(bed.provider(1).path("offers").path("proofs").asString()).isEqualTo("offered");
    assertThat(bed.state(1)).isEqualTo("healthy");
  }

  @Test
  void saysThatNobodyKeepsThePast() {
    startAndAwait("", all -> all.forEach(SurveysTest::prune));

    Answered past =
        bed.client().call("eth_getBalance", "[\"" + FaultBed.ADDRESS + "\",\"" + OLD + "\"]");

    assertThat(past.status()).isEqualTo(200);
    assertThat(past.errorCode()).isEqualTo(-32014);
    assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
  }

  @Test
  void asksAFewQuestions() {
    start("", all -> prune(all.getFirst()));
    bed.gateway.await(() -> isIn("done", 1) && isIn("done", 2), "both surveys are done");
    long pruned = survey(1).path("questions").asLong();

    assertThat(pruned).isBetween(20L, (long) Survey.QUESTIONS_MAX);
    // Five, and one more at the head, since it has no proofs at all.
    assertThat(survey(2).path("questions").asLong()).isEqualTo(6);
    assertThat(asked(bed.u(1))).isBetween(15L, 24L);
    assertThat(asked(bed.u(2))).isEqualTo(3);
  }

  @Test
  void learnsNothingFromAProviderInTrouble() {
    start(
        "",
        all -> DEEP.forEach(each -> all.getFirst().on(each).when(a -> isOld(a)).status(500, "")));
    bed.gateway.await(() -> isIn("given_up", 1) && isIn("done", 2), "the surveys are over");
    bed.u(1).forgetScript();

    assertThat(asked(bed.u(1))).isEqualTo(2);
    assertThat(earliest(1).path("state").asString()).isEqualTo("unknown");
    assertThat(earliest(1).path("receipts").asString()).isEqualTo("unknown");
    bed.each(FakeProvider::forgetAsked);
    bed.client().call("eth_getBalance", "[\"" + FaultBed.ADDRESS + "\",\"" + OLD + "\"]");
    assertThat(bed.u(1).count("eth_getBalance")).isEqualTo(1);
  }

  @Test
  void leavesAProviderAloneWhoseQuotaIsSpent() {
    start(
        "",
        all ->
            all.getFirst()
                .on("eth_getBalance")
                .status(429, "{\"error\":\"monthly quota exceeded\"}", "Retry-After: 300"));
    bed.gateway.await(() -> isIn("done", 2), "the other survey is done");
    bed.gateway.await(() -> bed.u(1).count("eth_getBalance") == 1, "it was asked once");
    bed.gateway.await(() -> !bed.state(1).equals("healthy"), "it is left alone");

    ticker.advance(Duration.ofMinutes(2));

    assertThat(asked(bed.u(1))).isEqualTo(1);
  }

  @Test
  void tracesGoToThoseWhoOfferThemAndOthersOnlyForWhatThoseDoNotHave() {
    startAndAwait(
        "requests: {exposeTraceMethods: true}\n",
        all -> {
          FakeProvider u2 = all.getLast();
          u2.on("debug_traceTransaction").error(-32000, "transaction not found");
          u2.on("debug_traceBlockByNumber").answer("[]");
          all.getFirst().on("debug_getRawHeader").answer("\"0x1234\"");
        });
    assertThat(bed.provider(1).path("offers").path("debug").asString()).isEqualTo("refused");
    assertThat(bed.provider(1).path("offers").path("trace").asString()).isEqualTo("refused");
    assertThat(bed.provider(2).path("offers").path("debug").asString()).isEqualTo("offered");

    assertThat(bed.client().call("debug_traceBlockByNumber", "[\"0x10\"]").text()).contains("[]");
    assertThat(bed.u(1).count("debug_traceBlockByNumber")).isZero();

    assertThat(bed.client().call("debug_getRawHeader", "[\"0x10\"]").text()).contains("0x1234");
    assertThat(bed.provider(1).path("offers").path("debug").asString()).isEqualTo("offered");
    assertThat(bed.client().call("debug_nobodyHasThis", "[]").errorCode()).isEqualTo(-32601);
  }

  @Test
  void costsWhatIsShown() {
    startAndAwait("", all -> prune(all.getFirst()));

    JsonNode one = survey(2);
    JsonNode network =
        bed.gateway.management().get("/status").json().path("networks").path(0).path("surveys");
    assertThat(one.path("requestsPerDay").asLong()).isBetween(20L, 30L);
    assertThat(one.path("alchemyComputeUnitsPerDay").asLong()).isBetween(500L, 850L);
    assertThat(network.path("requestsPerDay").asLong())
        .isGreaterThan(one.path("requestsPerDay").asLong());
    assertThat(Scrape.of(bed.gateway).sum("jeth_survey_requests_total", "provider=\"u2\""))
        .isEqualTo(6);
  }

  @Test
  void asksOnlyWhatTheConfigurationAllows() {
    bed =
        FaultBed.builder(1)
            .with(1, "methods: {deny: [eth_getProof, eth_getBlockReceipts]}")
            .ticker(ticker)
            .surveyed()
            .start()
            .awaitAll();
    bed.gateway.await(() -> isIn("done", 1), "the survey is done");

    assertThat(bed.u(1).count("eth_getBlockReceipts")).isZero();
    assertThat(bed.u(1).count("eth_getProof")).isZero();
    assertThat(survey(1).path("questions").asLong()).isEqualTo(3);
  }

  @Test
  void asksNothingWhenItIsOff() {
    bed = FaultBed.builder(2).ticker(ticker).start().awaitAll();

    ticker.advance(Duration.ofHours(1));

    assertThat(IntStream.rangeClosed(1, 2)).allMatch(i -> isIn("off", i));
    assertThat(asked(bed.u(1)) + asked(bed.u(2))).isZero();
  }
}
