package io.jethproxy.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.Received.Malformed;
import io.jethproxy.rpc.Received.Misaddressed;
import io.jethproxy.rpc.Received.Replied;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireReplyTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"0x1\"",
        "null",
        "false",
        "0",
        "[]",
        "{}",
        "\"\"",
        "[ {\"error\":{\"code\":1}} ]",
        "{\"id\":8,\"error\":\"rate limit\"}"
      })
  void readsAnyResultByteForByte(String result) {
    assertThat(read("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":" + result + "}"))
        .isEqualTo(new Replied(new Result(RawJson.of(result))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":7,\"result\":1}",
        "{\"jsonrpc\":\"1.0\",\"id\":7,\"result\":1}",
        " { \"result\" : 1 , \"id\" : 7 , \"error\" : null , \"extra\" : {\"id\":8} } \n",
        "{\"i\\u0064\":7,\"re\\u0073ult\":1}",
        "{\"id\":7,\"extra\":1,\"extra\":2,\"result\":1}"
      })
  void toleratesWhatDoesNotChangeTheMeaning(String body) {
    assertThat(read(body)).isEqualTo(new Replied(new Result(RawJson.of("1"))));
  }

  @ParameterizedTest
  @CsvSource({
    "'', true",
    "'\"id\":null,', true",
    "'\"id\":8,', false",
    "'\"id\":\"7\",', false",
    "'\"id\":7.0,', false",
    "'\"id\":70,', false",
    "'\"id\":-7,', false",
    "'\"id\":[7],', false"
  })
  void replyWithAnotherIdIsMisaddressed(String id, boolean idIsNull) {
    assertThat(read("{" + id + "\"result\":1}"))
        .isEqualTo(new Misaddressed(new Result(RawJson.of("1")), idIsNull));
    assertThat(read("{" + id + "\"error\":{\"code\":-32700,\"message\":\"no\"}}"))
        .isEqualTo(new Misaddressed(new Fault(-32700, "no"), idIsNull));
  }

  @Test
  void readsAFaultWithItsDataByteForByte() {
    assertThat(
            fault(
                "{\"code\":3,\"message\":\"execution reverted: \\\"x\\\"\",\"data\": \"0x08c3\" }"))
        .isEqualTo(new Fault(3, "execution reverted: \"x\"", RawJson.of("\"0x08c3\"")));
    assertThat(fault("{\"code\":3,\"message\":\"m\",\"data\":null}").data())
        .isEqualTo(RawJson.NULL);
    assertThat(fault("{\"code\":3,\"message\":\"m\"}").data().isAbsent()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "-32000, -32000",
    "429, 429",
    "'\"-32005\"', -32005",
    "'\"x\"', 0",
    "1.5, 0",
    "1e3, 0",
    "null, 0",
    "{}, 0",
    "2147483647, 2147483647",
    "-2147483648, -2147483648",
    "2147483648, 0",
    "99999999999999999999, 0"
  })
  void readsCodesThatAreIntegers(String code, int expected) {
    assertThat(fault("{\"message\":\"m\",\"code\":" + code + "}").code()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "',\"message\":null', ''",
    "',\"message\":\"\\u0041\\n\"', 'A\n'",
    "',\"message\":{\"a\": 1}', '{\"a\": 1}'",
    "',\"message\":5', 5"
  })
  void readsMessagesOfAnyKind(String member, String expected) {
    assertThat(fault("{\"code\":1" + member + "}").message()).isEqualTo(expected);
  }

  @Test
  void readsAnErrorThatIsOnlyText() {
    assertThat(fault("\"rate limit\"")).isEqualTo(new Fault(0, "rate limit"));
  }

  @Test
  void nullResultBesideAnErrorIsTheError() {
    assertThat(read("{\"id\":7,\"result\":null,\"error\":{\"code\":3,\"message\":\"m\"}}"))
        .isEqualTo(new Replied(new Fault(3, "m")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":7,\"result\":[],\"error\":{\"code\":1,\"message\":\"m\"}}",
        "{\"id\":7,\"result\":0,\"error\":\"m\"}",
        "{\"id\":7}",
        "{\"id\":7,\"error\":null}",
        "{}",
        "{\"id\":7,\"result\":1,\"result\":1}",
        "{\"id\":7,\"result\":1,\"\\u0072esult\":1}",
        "{\"id\":7,\"id\":7,\"result\":1}",
        "{\"id\":7,\"error\":null,\"error\":null,\"result\":1}",
        "{\"id\":7,\"error\":1}",
        "{\"id\":7,\"error\":true}",
        "{\"id\":7,\"error\":[]}",
        "{\"id\":7,\"error\":{}}",
        "{\"id\":7,\"error\":{\"data\":\"0x\"}}",
        "{\"id\":7,\"error\":{\"code\":null,\"message\":null}}",
        "[{\"id\":7,\"result\":1}]",
        "null",
        "\"text\"",
        "",
        " ",
        "<html></html>",
        "error code: 1015",
        "\ufeff{\"id\":7,\"result\":1}",
        "{\"id\":7,\"result\":1",
        "{\"id\":7,\"result\":1,}",
        "{\"id\":7,\"result\":1}}",
        "{\"id\":7,\"result\":1}{\"id\":7,\"result\":1}",
        "{\"id\":7,\"result\":1} x",
        "{\"id\":7,\"result\":[1,]}",
        "{\"id\":7,\"result\":\"0x",
        "{\"id\":7,\"result\":NaN}",
        "{\"id\":7,\"result\":1,\"x\":\"\u0000\"}"
      })
  void anythingElseIsMalformed(String body) {
    assertThat(read(body)).isInstanceOf(Malformed.class);
  }

  @Test
  void saysWhyWithoutAnyOfTheBody() {
    assertThat(read("<html>SECRET</html>"))
        .isEqualTo(new Malformed("byte 0: 0x3c (expected: a value)"));
    assertThat(read("[\"SECRET\"]"))
        .isEqualTo(new Malformed("reply: an array (expected: an object)"));
  }

  @Test
  void everyTruncationOfAReplyIsMalformed() {
    String body = "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"a\":[1,\"é\",true]}}";
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);

    for (int to = 0; to < bytes.length; to++) {
      assertThat(Wire.readReply(bytes, 0, to, 7)).isInstanceOf(Malformed.class);
    }
  }

  @Test
  void invalidUtf8AnywhereIsMalformed() {
    String body = "{\"id\":7,\"result\":{\"?\":[\"?\"]},\"x\":\"?\"}";
    for (int i = body.indexOf('?'); i >= 0; i = body.indexOf('?', i + 1)) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      bytes[i] = (byte) 0xc3;

      assertThat(Wire.readReply(bytes, 0, bytes.length, 7)).isInstanceOf(Malformed.class);
    }
  }

  @Test
  void tracesMayNest512LevelsAndNoMore() {
    String allowed = "{\"id\":7,\"result\":" + "[".repeat(511) + "]".repeat(511) + "}";
    String tooDeep = "{\"id\":7,\"result\":" + "[".repeat(512) + "]".repeat(512) + "}";

    assertThat(read(allowed)).isInstanceOf(Replied.class);
    assertThat(read(tooDeep)).isInstanceOf(Malformed.class);
    assertThat(read("[".repeat(10_000_000))).isInstanceOf(Malformed.class);
  }

  @Test
  void readsALargeAnswerWithoutCopyingIt() {
    String hex = "0123456789abcdef".repeat(4_000_000);
    byte[] body =
        ("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":\"0x" + hex + "\"}")
            .getBytes(StandardCharsets.UTF_8);

    Received received = Wire.readReply(body, 0, body.length, 7);

    RawJson value = ((Result) ((Replied) received).reply()).value();
    assertThat(value.bytes()).isSameAs(body);
    assertThat(value.length()).isEqualTo(hex.length() + 4);
    body[body.length / 2] = '\n';
    assertThat(Wire.readReply(body, 0, body.length, 7))
        .isEqualTo(
            new Malformed("byte " + body.length / 2 + ": 0x0a (expected: the rest of a string)"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"message\":\"Request timeout on the free tier\",\"code\":30} "
            + "| 30 | Request timeout on the free tier",
        "{\"message\":\"API rate limit exceeded\"} | 0 | API rate limit exceeded",
        "{\"error\":\"Bad Gateway\"} | 0 | Bad Gateway",
        "{\"error\":{\"code\":429,\"message\":\"slow down\"}} | 429 | slow down",
        "{\"error\":{\"code\":503,\"message\":\"down\",\"status\":\"UNAVAILABLE\"}} | 503 | down",
        "[{\"id\":3,\"error\":{\"code\":-32600,\"message\":\"batch too large\"}}] "
            + "| -32600 | batch too large",
        "{\"detail\":\"Not authenticated\"} | 0 | Not authenticated",
        "{\"code\":\"403\",\"msg\":\"no key\"} | 403 | no key",
        "{\"error\":\"Forbidden\",\"message\":\"key missing\"} | 0 | Forbidden: key missing",
        "{\"detail\":[{\"msg\":\"bad\"}]} | 0 | [{\"msg\":\"bad\"}]",
        "\"rate limited\" | 0 | rate limited",
        "{\"success\":false,\"error\":true,\"message\":\"x\"} | 0 | x"
      })
  void digsTheFaultOutOfJsonThatIsNoReply(String body, int code, String message) {
    assertThat(readLoose(body)).contains(new Fault(code, message));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "7",
        "true",
        "[]",
        "[1]",
        "{}",
        "{\"result\":1}",
        "{\"error\":null}",
        "{\"error\":\"test",
        "{\"error\":\"\"}",
        "<html>",
        "error code: 521",
        "{\"error\":\"a\"} x"
      })
  void findsNoFaultWhereThereIsNone(String body) {
    assertThat(readLoose(body)).isEmpty();
  }

  @Test
  void doesNotDigInPages() {
    assertThat(readLoose("{\"error\":\"" + "x".repeat(65_000) + "\"}")).isPresent();
    assertThat(readLoose("{\"error\":\"" + "x".repeat(66_000) + "\"}")).isEmpty();
  }

  private static Fault fault(String error) {
    Received received = read("{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":" + error + "}");
    assertThat(received).isInstanceOf(Replied.class);
    return (Fault) ((Replied) received).reply();
  }

  private static Received read(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return Wire.readReply(bytes, 0, bytes.length, 7);
  }

  private static Optional<Fault> readLoose(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return Wire.readLoose(bytes, 0, bytes.length);
  }
}
