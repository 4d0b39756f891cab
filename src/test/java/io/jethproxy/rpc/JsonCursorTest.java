package io.jethproxy.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCursorTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "10",
        "1.5",
        "-1.5e+10",
        "1E400",
        "0e0",
        "\"\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
        "\"é€😀\"",
        "\"\\ud800\"",
        "[]",
        "{}",
        " [ ] ",
        "[1,2]",
        "{\"\":{}}",
        "{\"a\":1,\"a\":2}",
        "\t\r\n 1 \t\r\n",
        "[[],{},[{}]]",
        "\"\u007f\""
      })
  void acceptsWhatIsJson(String json) {
    assertThat(scan(json).failed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "nul",
        "nulL",
        "True",
        "NaN",
        "Infinity",
        "-",
        "+1",
        "01",
        "-01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "0x1",
        "1 2",
        "1,",
        "\"",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u123",
        "\"\n\"",
        "\"\u0000\"",
        "'a'",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[,]",
        "[1 2]",
        "[1}",
        "{",
        "}",
        "{]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{,\"a\":1}",
        "{a:1}",
        "{1:1}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1]",
        "[]]",
        "{}{}",
        "[] x",
        "// c\n1",
        "1/**/",
        "\ufeff1",
        "\u00a01",
        "1\u0000",
        "\u0000"
      })
  void refusesWhatIsNot(String json) {
    assertThat(scan(json).failed()).isTrue();
  }

  @Test
  void findsEachSpecialByteWhereverItStandsInAWord() {
    for (int before = 0; before < 40; before++) {
      for (int after = 0; after < 40; after++) {
        String head = "\"" + "a".repeat(before);
        String tail = "a".repeat(after) + "\"";

        assertThat(scan(head + tail).failed()).isFalse();
        assertThat(scan(head + "\\\"" + tail).failed()).isFalse();
        assertThat(scan(head + "é" + tail).failed()).isFalse();
        assertThat(scan(head + "\u007f" + tail).failed()).isFalse();
        assertThat(scan(head + "\u001f" + tail).problem())
            .startsWith("byte " + head.length() + ": 0x1f ");
        assertThat(scan(head + "\"" + tail).problem())
            .startsWith("byte " + (head.length() + 1) + ": ");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "80",
    "bf",
    "c080",
    "c1bf",
    "c3",
    "c328",
    "e080af",
    "e09fbf",
    "e282",
    "e28228",
    "eda080",
    "edbfbf",
    "f08fbfbf",
    "f09f98",
    "f4908080",
    "f5808080",
    "ff",
    "fe"
  })
  void refusesWhatIsNotUtf8(String hex) {
    byte[] bad = java.util.HexFormat.of().parseHex(hex);
    byte[] string = new byte[bad.length + 2];
    string[0] = '"';
    System.arraycopy(bad, 0, string, 1, bad.length);
    string[string.length - 1] = '"';

    var cursor = new JsonCursor(string, 0, string.length, 8, 100);
    cursor.skip();

    assertThat(cursor.isComplete()).isFalse();
  }

  @Test
  void countsDepthOverArraysAndObjects() {
    assertThat(scan("[".repeat(8) + "]".repeat(8)).failed()).isFalse();
    assertThat(scan("[".repeat(9) + "]".repeat(9)).problem())
        .isEqualTo("byte 8: 0x5b (expected: at most 8 arrays and objects open)");
    assertThat(scan("{\"a\":[".repeat(4) + "1" + "]}".repeat(4)).failed()).isFalse();
    assertThat(scan("{\"a\":[".repeat(4) + "{}" + "]}".repeat(4)).failed()).isTrue();
  }

  @Test
  void keepsApartArraysAndObjectsBeyond64Levels() {
    String open = "{\"a\":[".repeat(100);
    String close = "]}".repeat(100);

    assertThat(scan(open + close, 200).failed()).isFalse();
    assertThat(scan(open + close.replaceFirst("]}", "}]"), 200).failed()).isTrue();
  }

  @Test
  void forgetsWhatWasOpenBeforeAtTheSameDepth() {
    for (int depth : new int[] {0, 62, 63, 64, 65, 127, 128, 198}) {
      String open = "[".repeat(depth) + "[";
      String close = "]" + "]".repeat(depth);

      assertThat(scan(open + "{},[1],{\"a\":1},[],[2,3]" + close, 200).failed()).isFalse();
      assertThat(scan(open + "{},[1}" + close, 200).failed()).isTrue();
      assertThat(scan(open + "[],{\"a\":1]" + close, 200).failed()).isTrue();
    }
  }

  @Test
  void countsTheLevelsThatTheReaderEntered() {
    byte[] json = "[[[1]]]".getBytes(StandardCharsets.UTF_8);
    var cursor = new JsonCursor(json, 0, json.length, 2, 100);

    cursor.enterArray();
    cursor.nextElement();
    cursor.enterArray();
    cursor.nextElement();
    cursor.skip();

    assertThat(cursor.problem()).startsWith("byte 2: 0x5b (expected: at most 2");
  }

  @Test
  void tenMillionOpenBracketsFailAtTheLimitWithoutUsingTheStack() {
    assertThat(scan("[".repeat(10_000_000), JsonCursor.DEPTH_MAX).problem())
        .startsWith("byte 1024: ");
  }

  @Test
  void refusesNumbersOverTheLimit() {
    assertThat(scan("1".repeat(100)).failed()).isFalse();
    assertThat(scan("[" + "1".repeat(101) + "]").problem())
        .isEqualTo("byte 1: 0x31 (expected: a number of at most 100 characters)");
  }

  @Test
  void walksMembersAndElementsWithAnySpaceBetween() {
    byte[] json =
        "x { \"a\" : [ 1 , \"b\" ] , \"\\u0063\" : { } } y".getBytes(StandardCharsets.UTF_8);
    var cursor = new JsonCursor(json, 1, json.length - 1, 8, 100);

    cursor.enterObject();
    assertThat(cursor.nextMember()).isTrue();
    assertThat(cursor.nameIs("a")).isTrue();
    cursor.enterArray();
    assertThat(cursor.nextElement()).isTrue();
    assertThat(cursor.value().text()).isEqualTo("1");
    assertThat(cursor.nextElement()).isTrue();
    assertThat(cursor.value().text()).isEqualTo("\"b\"");
    assertThat(cursor.nextElement()).isFalse();
    assertThat(cursor.nextMember()).isTrue();
    assertThat(cursor.nameIs("c")).isTrue();
    assertThat(cursor.nameIs("d")).isFalse();
    assertThat(cursor.first()).isEqualTo((byte) '{');
    assertThat(cursor.value().text()).isEqualTo("{ }");
    assertThat(cursor.nextMember()).isFalse();
    assertThat(cursor.isComplete()).isTrue();
  }

  @Test
  void failureSticksAndEndsEveryWalk() {
    byte[] json = "[1,x,{\"a\":2}]".getBytes(StandardCharsets.UTF_8);
    var cursor = new JsonCursor(json, 0, json.length, 8, 100);

    cursor.enterArray();
    cursor.nextElement();
    cursor.skip();
    cursor.nextElement();

    assertThat(cursor.value().isAbsent()).isTrue();
    assertThat(cursor.nextElement()).isFalse();
    cursor.enterObject();
    assertThat(cursor.nextMember()).isFalse();
    assertThat(cursor.isComplete()).isFalse();
    assertThat(cursor.problem()).isEqualTo("byte 3: 0x78 (expected: a value)");
  }

  @Test
  void neverReadsBeyondTheSlice() {
    byte[] json = "[\"abc\"],1".getBytes(StandardCharsets.UTF_8);

    for (int to = 0; to < 7; to++) {
      var cursor = new JsonCursor(json, 0, to, 8, 100);
      cursor.skip();
      assertThat(cursor.isComplete()).isFalse();
      assertThat(cursor.problem()).startsWith("byte " + to + ": the end ");
    }
  }

  private static JsonCursor scan(String json) {
    return scan(json, 8);
  }

  private static JsonCursor scan(String json, int depthMax) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    var cursor = new JsonCursor(bytes, 0, bytes.length, depthMax, 100);
    cursor.skip();
    cursor.isComplete();
    return cursor;
  }
}
