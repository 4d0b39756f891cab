package io.jethproxy.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.ObjectMapper;

class WireWriteTest {

  private static final RawJson ID = RawJson.of("\"a\\u0041\"");

  @Test
  void writesARequestWithItsParamsAsTheyCame() {
    byte[] client = "{\"params\":[ 1.50 ]}".getBytes(StandardCharsets.UTF_8);

    assertThat(text(Wire.request(7, "eth_call", new RawJson(client, 10, 18))))
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"eth_call\",\"params\":[ 1.50 ]}");
  }

  @Test
  void writesAnEmptyArrayForAbsentParams() {
    assertThat(text(Wire.request(Long.MIN_VALUE, "m", RawJson.ABSENT)))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":-9223372036854775808,\"method\":\"m\",\"params\":[]}");
  }

  @Test
  void methodCannotBreakOutOfItsString() {
    assertThat(text(Wire.request(1, "a\",\"id\":2,\"é\n", RawJson.ABSENT)))
        .contains("\"method\":\"a\\\",\\\"id\\\":2,\\\"é\\n\",\"params\":[]}");
  }

  @Test
  void writesAResultAroundTheSliceAndTheId() {
    RawJson result = RawJson.of("[ 1 ]");

    assertThat(text(Wire.result(ID, result)))
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"a\\u0041\",\"result\":[ 1 ]}");
    assertThat(text(Wire.resultHead(ID)) + "[ 1 ]}").isEqualTo(text(Wire.result(ID, result)));
    assertThat(text(Wire.resultHead(RawJson.ABSENT)))
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":");
  }

  @Test
  void writesAFaultWithAndWithoutData() {
    assertThat(text(Wire.fault(ID, new Fault(3, "no \"x\"", RawJson.of("{ }")))))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":\"a\\u0041\","
                + "\"error\":{\"code\":3,\"message\":\"no \\\"x\\\"\",\"data\":{ }}}");
    assertThat(text(Wire.fault(RawJson.ABSENT, new Fault(-32700, "x"))))
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"x\"}}");
  }

  @Test
  void faultComesBackAsItWasWritten() {
    Fault fault = new Fault(-32005, "line\nnext \u0001 \ud800 \u2028 😀 \\ é", RawJson.of("[1]"));

    byte[] bytes = Wire.fault(RawJson.of("7"), fault);

    assertThat(Wire.readReply(bytes, 0, bytes.length, 7)).isEqualTo(new Received.Replied(fault));
  }

  @Test
  void quotesWhatCannotStandInAString() {
    assertThat(JsonText.quote("a\"\\\n\r\t\b\f\u0000\u001f\u007f/é😀"))
        .isEqualTo("\"a\\\"\\\\\\n\\r\\t\\u0008\\u000c\\u0000\\u001f\u007f/é😀\"");
    assertThat(JsonText.quote("\u2028\u2029\ud800x\udc00\ud83d"))
        .isEqualTo("\"\\u2028\\u2029\\ud800x\\udc00\\ud83d\"");
  }

  @Test
  void unquotesEveryEscape() {
    assertThat(JsonText.unquote(RawJson.of("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E9\\ud83d\\ude00é\"")))
        .isEqualTo("\"\\/\b\f\n\r\té😀é");
  }

  @Test
  void anyTextSurvivesQuotingHereAndInJackson() {
    Random random = new Random(1);
    ObjectMapper jackson = new ObjectMapper();
    for (int round = 0; round < 5_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(30); length > 0; length--) {
        int bits = 1 + random.nextInt(16);
        text.append((char) random.nextInt(1 << bits));
      }
      RawJson quoted = RawJson.of(JsonText.quote(text.toString()));

      assertThat(JsonText.unquote(quoted)).isEqualTo(text.toString());
      assertThat(jackson.readValue(quoted.text(), String.class)).isEqualTo(text.toString());
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
