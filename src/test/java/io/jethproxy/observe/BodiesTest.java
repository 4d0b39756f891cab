package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Trouble;
import io.jethproxy.observe.Logging.Config;
import io.jethproxy.observe.Logging.Format;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What the access log shows of bodies, where it is asked to. */
@Isolated("the root logger belongs to the whole JVM")
class BodiesTest {

  private static final String SECRET = "t3bz7f4kKEYcanary3p9vd5s2g";

  /** The example of EIP-155, signed. */
  private static final String SIGNED =
      "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a0"
          + "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703"
          + "304b3800ccf555c9f3dc64214b297fb1966a3b6d83";

  private static final String HASH =
      "0x33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788";

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Secrets secrets = new Secrets();
  private final Captured stdout = new Captured();

  private JsonNode logged(String method, String params, Outcome outcome) {
    secrets.learn(List.of(SECRET));
    Config config = new Config(Level.DEBUG, Optional.empty(), Format.JSON);
    try (Logging _ = Logging.start(config, secrets, stdout, InstantSource.system())) {
      AccessLog.withBodies(new Redactor(secrets)).concluded(Calls.asked(method, params, outcome));
    }
    assertThat(stdout.lines()).hasSize(1);
    return new ObjectMapper().readTree(stdout.text());
  }

  private static Outcome answer(String json) {
    return new Outcome.Answer(RawJson.of(json), "a1", true);
  }

  private static Outcome error(String message, RawJson data) {
    return new Outcome.Rejected(new Fault(-32000, message, data), "a1");
  }

  @Test
  void showsParamsAndResultWithTheirLengths() {
    String params = "[{\"to\":\"0x" + "ab".repeat(20) + "\",\"data\":\"0x70a08231\"},\"latest\"]";

    JsonNode line = logged("eth_call", params, answer("\"0x2a\""));

    assertThat(line.path("params").asString()).isEqualTo(params);
    assertThat(line.path("params_bytes").asString()).isEqualTo("" + params.length());
    assertThat(line.path("result").asString()).isEqualTo("\"0x2a\"");
    assertThat(line.path("answer_bytes").asString()).isEqualTo("6");
  }

  @Test
  void showsTheErrorThatTheClientGot() {
    JsonNode rejected =
        logged("eth_call", "[]", error("execution reverted", RawJson.of("\"0x1\"")));

    assertThat(rejected.path("error").asString()).isEqualTo("execution reverted \"0x1\"");
    assertThat(rejected.path("answer_bytes").asString()).isEqualTo("23");
    assertThat(rejected.has("result")).isFalse();
  }

  @Test
  void showsWhyTheGatewayRefused() {
    Refusal refusal = new Refusal(Refusal.Kind.TIMEOUT, "no answer in 5 s", "timeout");

    assertThat(logged("eth_call", "[]", new Outcome.Refused(refusal)).path("error").asString())
        .isEqualTo("no answer in 5 s");
  }

  @Test
  void showsTheTroubleOfACallThatNobodyServed() {
    Outcome unserved = new Outcome.Unserved(Trouble.TIMEOUT, "a1");

    assertThat(logged("eth_call", "[]", unserved).path("error").asString()).isEqualTo("timeout");
  }

  @Test
  void showsTheBeginOfALargeBodyOnlyAndSaysItsLength() {
    String large = "[" + "\"block\",".repeat(1 << 20) + "1]";

    JsonNode line = logged("eth_getLogs", large, answer(large));

    for (String key : List.of("params", "result")) {
      assertThat(line.path(key).asString())
          .hasSize(Bodies.CHARS_MAX + 1)
          .startsWith("[\"block\",\"block\"")
          .endsWith("…");
    }
    assertThat(line.path("params_bytes").asString()).isEqualTo("" + large.length());
    assertThat(line.path("answer_bytes").asString()).isEqualTo("" + large.length());
    assertThat(stdout.size()).isLessThan(LineFormat.LINE_BYTES_MAX);
  }

  @Test
  void copiesOnlyTheBeginOfALargeBody() {
    byte[] large = new byte[1 << 26];
    Arrays.fill(large, (byte) '7');
    Concluded concluded =
        Calls.asked(
            "eth_call", "[]", new Outcome.Answer(new RawJson(large, 0, large.length), "a1", true));
    AccessLog accessLog = AccessLog.withBodies(new Redactor(secrets));
    Config config = new Config(Level.DEBUG, Optional.empty(), Format.TEXT);

    try (Logging _ = Logging.start(config, secrets, stdout, InstantSource.system())) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      accessLog.concluded(concluded);
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(4L << 20);
    }

    assertThat(stdout.text()).contains("answer_bytes=67108864");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 900, 1_000, 1_010, 1_023, 2_000, 2_030, 2_290, 2_303, 4_000})
  void showsNoPieceOfASecretWhereverItStands(int at) {
    String body = "\"" + "x ".repeat(at / 2) + SECRET + " y".repeat(1_000) + "\"";

    logged("eth_call", body, error(body.substring(1), RawJson.of(body)));

    assertThat(stdout.text()).doesNotContain("t3bz7f4").doesNotContain("anary3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "t3bz7f4kKEY\\u0063anary3p9vd5s2g",
        "https:\\/\\/h.example\\/v2\\/t3bz7f4kKEYcanary3p9vd5s2g",
        "https:\\u002f\\u002fh.example/v2/unknownKEYcanary3",
        "apiKey=unknownKEYcanary3",
        "Authorization: Bearer unknownKEYcanary3"
      })
  void takesSecretsOutHoweverTheyAreWritten(String written) {
    logged("eth_call", "[\"" + written + "\"]", answer("{\"see\":\"" + written + "\"}"));

    assertThat(stdout.text()).contains("***").doesNotContain("canary3", "h.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eth_sendRawTransaction",
        "eth_sendRawTransactionSync",
        "zks_sendRawTransactionWithDetailedOutput",
        "kaia_sendRawTransaction"
      })
  void namesATransactionThatIsSentByItsHash(String method) {
    JsonNode line =
        logged(method, "[\"0x" + SIGNED + "\"]", error("cannot take 0x" + SIGNED, RawJson.ABSENT));

    assertThat(line.path("transaction").asString()).isEqualTo(HASH);
    assertThat(line.has("params")).isFalse();
    assertThat(line.path("error").asString()).isEqualTo("cannot take 0x***");
    assertHidesTheTransaction();
  }

  @Test
  void showsNothingOfASendWithoutATransaction() {
    JsonNode line = logged("eth_sendRawTransaction", "[{\"raw\":7}]", answer("true"));

    assertThat(line.path("transaction").asString()).isEmpty();
    assertThat(line.has("params")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eth_sendPrivateTransaction",
        "eth_sendPrivateRawTransaction",
        "eth_sendBundle",
        "eth_callBundle",
        "mev_sendBundle",
        "eth_sendRawTransactionConditional",
        "vendor_sendSomething",
        "eth_sendTransaction",
        "eth_sign",
        "personal_unlockAccount",
        "personal_importRawKey",
        "ETH_SENDRAWTRANSACTION",
        "debug_batchSendRawTransaction",
        "eth_\nsend"
      })
  void showsNothingOfPrivateSendsNorOfWhatUsesKeys(String method) {
    JsonNode line = logged(method, "[\"PARAMcanary\"]", answer("\"RESULTcanary\""));

    assertThat(line.path("method").asString()).isNotEmpty();
    assertThat(line.propertyNames()).doesNotContain("params", "params_bytes", "result", "error");
    assertThat(stdout.text()).doesNotContain("canary");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eth_getRawTransactionByHash",
        "trace_rawTransaction",
        "vendor_unheardOf",
        "eth_call"
      })
  void showsNoTransactionThatStandsElsewhere(String method) {
    for (String tx : List.of("0x" + SIGNED, "0x02" + SIGNED, "\\u0030x" + SIGNED, SIGNED)) {
      logged(method, "[\"" + tx + "\"]", answer("{\"raw\":\"" + tx + "\"}"));
      assertHidesTheTransaction();
      stdout.reset();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\n{\"level\":\"FATAL\"}", "\u001b[2J", "a\u2028b", "\u202e", "\\u000aFATAL"})
  void staysOnOneLine(String hostile) {
    JsonNode line = logged("eth_call", "[\"" + hostile + "\"]", answer("\"" + hostile + "\""));

    assertThat(line.path("level").asString()).isEqualTo("DEBUG");
    assertThat(stdout.text().strip()).doesNotContainPattern("[\\p{Cntrl}\u2028\u202e]");
  }

  @Test
  void hasRoomForBothBodiesOfQuotesAndStrangeLetters() {
    String body = "[" + "\"é\",".repeat(5_000) + "1]";

    JsonNode line = logged("eth_call", body, answer(body));

    assertThat(line.path("params").asString()).hasSizeGreaterThan(1_000);
    assertThat(line.path("result").asString()).hasSizeGreaterThan(1_000);
    assertThat(stdout.text().getBytes(StandardCharsets.UTF_8).length)
        .isLessThan(LineFormat.LINE_BYTES_MAX);
  }

  private void assertHidesTheTransaction() {
    for (int i = 0; i + 40 <= SIGNED.length(); i += 20) {
      assertThat(stdout.text()).doesNotContain(SIGNED.substring(i, i + 40));
    }
  }
}
