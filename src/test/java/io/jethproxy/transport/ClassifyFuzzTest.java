package io.jethproxy.transport;

import static io.jethproxy.transport.Samples.CLASSIFY;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;

class ClassifyFuzzTest {

  private static final String[] METHODS = {
    "eth_call", "eth_getLogs", "eth_sendRawTransaction", "debug_traceBlockByNumber", "eth_x", ""
  };

  /** Whatever a provider sends: a verdict, no exception, a bounded wait. */
  @FuzzTest(maxDuration = "60s")
  void neverThrows(FuzzedDataProvider data) {
    Question question = new Question(data.pickValue(METHODS), data.consumeAsciiString(10), 1);
    int status = data.consumeInt(100, 599);
    long retryAfterMillis = Waits.ofHeader(data.consumeString(40), data.consumeString(40));
    boolean challenged = data.consumeBoolean();
    byte[] body = data.consumeRemainingAsBytes();

    Verdict verdict =
        CLASSIFY.of(
            question, new HttpReply(status, retryAfterMillis, challenged, body, 0, body.length));

    if (verdict instanceof Verdict.Elsewhere to && !isBounded(to)) {
      throw new AssertionError(to.toString());
    }
  }

  /** A contract chooses its words, and they never count against a provider. */
  @FuzzTest(maxDuration = "60s")
  void neverTakesARevertForTrouble(FuzzedDataProvider data) {
    String method = data.pickValue(METHODS);
    int status = data.consumeInt(100, 599);
    Fault revert =
        data.consumeBoolean()
            ? new Fault(3, data.consumeString(2000), RawJson.of("\"0x08c379a0\""))
            : new Fault(-32000, "execution reverted: " + data.consumeRemainingAsString());

    Verdict verdict = CLASSIFY.of(new Question(method, 1), status, revert, -1);

    if (!verdict.equals(new Verdict.Serve(revert))) {
      throw new AssertionError(revert.message() + " is no " + verdict);
    }
  }

  private static boolean isBounded(Verdict.Elsewhere to) {
    return (to.retryAfterMillis() == -1
            || (to.retryAfterMillis() > 0 && to.retryAfterMillis() <= 300_000))
        && (to.hintedRangeBlocks().isEmpty() || to.hintedRangeBlocks().getAsLong() > 0);
  }
}
