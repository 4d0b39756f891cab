package io.jethproxy.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fits a form that was learnt is valid, and has its strings where that has them. */
class MouldsTest {

  private static final String MODEL = "{\"a\":\"0x12345678\",\"b\":[\"0x1\",7],\"c\":false}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        MODEL,
        "{\"a\":\"0x87654321\",\"b\":[\"0x2\",7],\"c\":false}",
        "{\"a\":\"  ~}]{[,:.\",\"b\":[\"\u007f  \",7],\"c\":false}",
      })
  void fitsWhatDiffersInItsStringsAlone(String other) {
    assertThat(endAfter(MODEL, other)).isEqualTo(MODEL.length() + other.length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":\"0x123456789\",\"b\":[\"0x1\",7],\"c\":false}",
        "{\"a\":\"0x12345678\",\"b\":[\"0x1\",8],\"c\":false}",
        "{\"a\":\"0x12345678\",\"B\":[\"0x1\",7],\"c\":false}",
        "{\"a\":\"0x12345678\",\"b\":[\"0x1\",7],\"c\":false]",
        "{\"a\":\"\",\"a\":\"34\",\"b\":[\"0x1\",7],\"c\":false}",
        "{\"a\":\"0x1234567\"\",\"b\":[\"0x1\",7],\"c\":false}",
        "{\"a\":\"0x123456\\\\\",\"b\":[\"0x1\",7],\"c\":false}",
        "{\"a\":\"0x1234567\\\",\"b\":[\"0x1\",7],\"c\":false}",
        "{\"a\":\"0x123456é\",\"b\":[\"0x1\",7],\"c\":false}",
        "{\"a\":\"0x12345\n78\",\"b\":[\"0x1\",7],\"c\":false}",
        "{\"a\":\"0x12345678\",\"b\":[\"0x\u001f\",7],\"c\":false}",
        "{\"a\":\"0x12345678\",\"b\":[\"0x1\",7],\"c\":false",
      })
  void fitsNothingElse(String other) {
    assertThat(endAfter(MODEL, other)).isNegative();
  }

  @Test
  void looksNoFurtherThanTheLimit() {
    byte[] bytes = (MODEL + MODEL).getBytes(StandardCharsets.UTF_8);
    Moulds moulds = new Moulds(bytes);
    moulds.learn(0, MODEL.length());

    assertThat(moulds.end(MODEL.length(), bytes.length)).isEqualTo(bytes.length);
    assertThat(moulds.end(MODEL.length(), bytes.length - 1)).isNegative();
  }

  @Test
  void knowsSeveralForms() {
    String other = "{\"d\":\"0x1234\"}";
    byte[] bytes = (MODEL + other + MODEL + other).getBytes(StandardCharsets.UTF_8);
    Moulds moulds = new Moulds(bytes);
    int first = moulds.learn(0, MODEL.length());
    int second = moulds.learn(MODEL.length(), MODEL.length() + other.length());

    int end = moulds.end(MODEL.length() + other.length(), bytes.length);

    assertThat(moulds.current()).isEqualTo(first);
    assertThat(moulds.end(end, bytes.length)).isEqualTo(bytes.length);
    assertThat(moulds.current()).isEqualTo(second);
  }

  @Test
  void givesUpWhereNoTwoAreAlike() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      text.append("{\"a\":\"%s\"}".formatted("x".repeat(i)));
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    Moulds moulds = new Moulds(bytes);
    int learnt = 0;
    for (int at = 0, i = 0; i < 100; at += 8 + i, i++) {
      learnt += moulds.learn(at, at + 8 + i) >= 0 ? 1 : 0;
    }

    assertThat(learnt).isBetween(8, 20);
  }

  /** A form that is deep is not taken for valid where less depth is left. */
  @Test
  void depthIsThatOfThePlace() {
    String deep = "{\"a\":[[\"0x1234\"]]}";
    String text = "[[%s,%s,%s,%s],[[{},%s,%s]]]".formatted(deep, deep, deep, deep, deep, deep);

    assertThat(isValid(text, 6)).isTrue();
    assertThat(isValid(text, 5)).isFalse();
  }

  /** What lies across the end of a list is no element, and no form of one. */
  @Test
  void learnsNothingAcrossLists() {
    String across = "[1,{\"s\":\"0x1234\"}],\"b\":[{\"x\":\"0x1234\"},1,2]";

    assertThat(isValid("[{\"a\":%s},{\"a\":%s}]".formatted(across, across), 9)).isTrue();
    assertThat(isValid("[{\"a\":%s},[%s]]".formatted(across, across), 9)).isFalse();
  }

  private static boolean isValid(String json, int depthMax) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    JsonCursor cursor = new JsonCursor(bytes, 0, bytes.length, depthMax, Integer.MAX_VALUE);
    cursor.skip();
    return cursor.isComplete();
  }

  private static int endAfter(String model, String other) {
    byte[] bytes = (model + other).getBytes(StandardCharsets.UTF_8);
    Moulds moulds = new Moulds(bytes);
    assertThat(moulds.learn(0, model.length())).isNotNegative();
    return moulds.end(model.length(), bytes.length);
  }
}
