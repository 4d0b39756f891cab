package io.jethproxy.transport;

import static io.jethproxy.transport.Samples.CLASSIFY;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Trouble;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Result;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifyHttpTest {

  private static final String REASON =
      "0000000000000000000000000000000000000000000000000000000000000020"
          + "000000000000000000000000000000000000000000000000000000000000000a"
          + "75736572206572726f7200000000000000000000000000000000000000000000";

  @Test
  void givesAResultAsItIs() {
    Verdict verdict =
        of("eth_getBalance", 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x00ff\"}");

    assertThat(verdict).isEqualTo(new Verdict.Serve(new Result(RawJson.of("\"0x00ff\""))));
  }

  @Test
  void leavesNullToThoseWhoKnowTheChain() {
    assertThat(of("eth_getBlockByHash", 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}"))
        .isEqualTo(new Verdict.Serve(new Result(RawJson.NULL)));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {204, 205, 206, 301, 302, 401, 402, 403, 404, 405, 413, 429, 500, 502, 503, 521})
  void believesNoResultUnderAStatusThatIsNoSuccess(int status) {
    assertThat(of("eth_chainId", status, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"}"))
        .isInstanceOf(Verdict.Elsewhere.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "\"1\"", "null", "1.0"})
  void givesNoResultToAnotherId(String id) {
    assertThat(
            trouble(
                of(
                    "eth_chainId",
                    200,
                    "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":\"0x1\"}")))
        .isEqualTo(Trouble.WRONG_ID);
  }

  @Test
  void givesNoRevertToAnotherId() {
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":3,\"message\":\"execution reverted\"}}";

    assertThat(trouble(of("eth_call", 200, body))).isEqualTo(Trouble.WRONG_ID);
  }

  @Test
  void readsAnErrorWithoutAnId() {
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":3,\"message\":\"execution reverted\"}}";

    assertThat(of("eth_call", 200, body))
        .isEqualTo(new Verdict.Serve(new Fault(3, "execution reverted")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"data\":{}}", "\"\""})
  void doesNotServeAnErrorThatSaysNothing(String error) {
    for (String method : List.of("eth_call", "eth_getBalance", "eth_sendRawTransaction")) {
      assertThat(trouble(of(method, 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":" + error + "}")))
          .isEqualTo(Trouble.MALFORMED);
    }
  }

  @Test
  void heedsAWarningThatHasAnotherId() {
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":{\"code\":-32000,\"message\":\"Too Many Requests\"}}";

    assertThat(trouble(of("eth_call", 200, body))).isEqualTo(Trouble.THROTTLED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "eth_blockNumber | \"0x\"",
        "eth_blockNumber | {}",
        "eth_blockNumber | []",
        "eth_blockNumber | null",
        "eth_blockNumber | \"0xzz\"",
        "eth_blockNumber | 12",
        "eth_getBalance | \"\"",
        "eth_getTransactionCount | true",
        "eth_call | {}",
        "eth_getBlockByNumber | \"0x\"",
        "eth_getTransactionReceipt | []",
        "eth_getLogs | {}",
        "eth_getBlockReceipts | \"0x\"",
      })
  void doubtsAnAnswerOfTheWrongKind(String method, String result) {
    assertThat(trouble(of(method, 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + result + "}")))
        .isEqualTo(Trouble.WRONG_ANSWER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "eth_call | \"0x\"",
        "eth_getCode | \"0x\"",
        "eth_getBlockTransactionCountByHash | null",
        "eth_getLogs | []",
        "eth_foo | 12",
        "net_version | \"1\"",
        "eth_syncing | false",
      })
  void acceptsWhatIsLegal(String method, String result) {
    assertThat(of(method, 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + result + "}"))
        .isInstanceOf(Verdict.Serve.class);
  }

  @Test
  void turnsARevertThatCameAsAResultIntoAnError() {
    String data = "\"0x08c379a0" + REASON + "\"";

    Verdict verdict = of("eth_call", 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + data + "}");

    assertThat(verdict)
        .isEqualTo(
            new Verdict.Serve(new Fault(3, "execution reverted: user error", RawJson.of(data))));
  }

  @Test
  void leavesStorageThatBeginsLikeARevertAlone() {
    String data = "\"0x08c379a0" + REASON + "\"";

    assertThat(
            of("eth_getStorageAt", 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + data + "}"))
        .isEqualTo(new Verdict.Serve(new Result(RawJson.of(data))));
  }

  @Test
  void leavesAWholeWordThatBeginsLikeARevertAlone() {
    String data = "\"0x08c379a0" + "0".repeat(56) + "\"";

    assertThat(of("eth_call", 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + data + "}"))
        .isEqualTo(new Verdict.Serve(new Result(RawJson.of(data))));
  }

  @Test
  void seesATimeoutInsideOfATraceButNotInTheWordsOfAContract() {
    String inner =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[{\"txHash\":\"0x1\",\"%s\":\"execution timeout\"}]}";

    assertThat(trouble(of("debug_traceBlockByNumber", 200, inner.formatted("error"))))
        .isEqualTo(Trouble.EXECUTION_TIMEOUT);
    assertThat(of("debug_traceBlockByNumber", 200, inner.formatted("revertReason")))
        .isInstanceOf(Verdict.Serve.class);
  }

  @Test
  void readsNothingFromAResultThatWasCutOff() {
    String body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"too many requests, invalid api key";

    assertThat(trouble(of("eth_call", 200, body))).isEqualTo(Trouble.MALFORMED);
  }

  @Test
  void takesTheHeaderOverTheText() {
    byte[] body = "{\"message\":\"rate limit, retry in 9s\"}".getBytes(StandardCharsets.UTF_8);

    Verdict verdict =
        CLASSIFY.of(
            new Question("eth_call", 1), new HttpReply(429, 7_000, false, body, 0, body.length));

    assertThat(((Verdict.Elsewhere) verdict).retryAfterMillis()).isEqualTo(7_000);
  }

  @Test
  void saysWhenOnlyOneMethodIsMeant() {
    Fault fault = new Fault(429, "Too many requests for a specific RPC call");

    Verdict verdict = CLASSIFY.of(new Question("eth_call", 1), 429, fault, -1);

    assertThat(((Verdict.Elsewhere) verdict).perMethod()).isTrue();
  }

  @Test
  void hintsAtTheRangeThatWouldWork() {
    Fault fault = new Fault(-32602, "eth_getLogs is limited to 0 - 50 blocks range");

    Verdict verdict = CLASSIFY.of(new Question("eth_getLogs", 1), 200, fault, -1);

    assertThat(((Verdict.Elsewhere) verdict).hintedRangeBlocks()).isEqualTo(OptionalLong.of(50));
  }

  @Test
  void showsNoBodyInMessages() {
    assertThat(new HttpReply(200, "secret".getBytes(StandardCharsets.UTF_8)).toString())
        .isEqualTo("HttpReply[200, 6 bytes]");
  }

  private static Verdict of(String method, int status, String body) {
    return CLASSIFY.of(
        new Question(method, 1), new HttpReply(status, body.getBytes(StandardCharsets.UTF_8)));
  }

  private static Trouble trouble(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Elsewhere.class);
    return ((Verdict.Elsewhere) verdict).trouble();
  }
}
