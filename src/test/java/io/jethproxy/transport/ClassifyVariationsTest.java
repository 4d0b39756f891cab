package io.jethproxy.transport;

import static io.jethproxy.transport.Samples.CLASSIFY;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.transport.Samples.Sample;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same errors said in other ways. */
class ClassifyVariationsTest {

  private static final int[] REVERT_CODES = {3, -32000, -32603, -32015};
  private static final int[] STATUSES = {200, 400, 500, 502};

  static Stream<Sample> faults() {
    return Stream.concat(Samples.seen(), Samples.variants())
        .filter(sample -> sample.fault().isPresent());
  }

  @ParameterizedTest
  @MethodSource("faults")
  void doesNotMindCase(Sample sample) {
    assertSame(sample, message -> message.toUpperCase(Locale.ROOT));
    assertSame(sample, message -> message.toLowerCase(Locale.ROOT));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void doesNotMindWrappersAndPunctuation(Sample sample) {
    if (isExact(sample)) {
      return;
    }
    assertSame(sample, message -> "Error: " + message + " (trace 17)");
    assertSame(sample, message -> "  " + message.replace(" ", "  ") + " !!");
    assertSame(sample, message -> "{\"reason\": \"" + message + "\"}");
  }

  @ParameterizedTest
  @MethodSource("faults")
  void readsDataLikeTheMessage(Sample sample) {
    Fault fault = sample.fault().orElseThrow();
    if (isExact(sample) || !fault.data().isAbsent()) {
      return;
    }
    String quoted = fault.message().replace("\\", "").replace("\"", "'").replace("\n", "\\n");
    for (String data : List.of("\"" + quoted + "\"", "{\"detail\":\"" + quoted + "\"}")) {
      Fault hidden = new Fault(fault.code(), "failure", RawJson.of(data));
      assertThat(verdict(sample, hidden)).as(data).isEqualTo(verdict(sample, fault));
    }
  }

  @Test
  void neverLetsTheTextOfARevertSpeakForTheProvider() {
    List<String> texts = faults().map(s -> s.fault().orElseThrow().message()).toList();

    for (String text : texts) {
      for (int code : REVERT_CODES) {
        for (int status : STATUSES) {
          Fault revert = new Fault(code, "execution reverted: " + text);
          Question question = new Question("eth_call", 1);
          assertThat(CLASSIFY.of(question, status, revert, -1))
              .as("%s %s", code, revert.message())
              .isEqualTo(new Verdict.Serve(revert));
        }
      }
    }
  }

  @Test
  void neverTakesCodeThreeForAnythingButARevert() {
    List<String> texts = faults().map(s -> s.fault().orElseThrow().message()).toList();

    for (String text : texts) {
      Fault revert = new Fault(3, text, RawJson.of("\"0x08c379a0\""));
      assertThat(CLASSIFY.of(new Question("eth_estimateGas", 1), 500, revert, 30_000))
          .as(text)
          .isEqualTo(new Verdict.Serve(revert));
    }
  }

  private static void assertSame(Sample sample, UnaryOperator<String> change) {
    Fault fault = sample.fault().orElseThrow();
    Fault changed = new Fault(fault.code(), change.apply(fault.message()), fault.data());
    assertThat(verdict(sample, changed)).as(changed.message()).isEqualTo(verdict(sample, fault));
  }

  private static String verdict(Sample sample, Fault fault) {
    return Samples.name(CLASSIFY.of(sample.question(), sample.status(), fault, -1));
  }

  /** Texts that mean something only when they stand alone. */
  private static boolean isExact(Sample sample) {
    String message = sample.fault().orElseThrow().message();
    return List.of("limit exceeded", "error", "rejected", "revert", "failed").contains(message);
  }
}
