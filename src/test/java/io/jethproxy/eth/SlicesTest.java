package io.jethproxy.eth;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.RawJson;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlicesTest {

  private static final List<String> BLANKS = List.of("", "", "", " ", "\n\t ");

  private static final List<String> TEXTS =
      List.of("", "a", "\\\"", "\\\\", "\\\\\\\"", "]", "[{", ",", "\\\\\\\\", "} ", "\\n");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1,2] | 2",
        "[ true , null ] | null",
        "[{\"a\":[1]}] | {\"a\":[1]}",
        "[0,\"x\\\\\\\"]\"] | \"x\\\\\\\"]\"",
        "[[],[ ]] | [ ]",
      })
  void findsTheLastElement(String array, String last) {
    assertThat(Slices.last(RawJson.of(array)).text()).isEqualTo(last);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"[]", "[ ]", "{}", "{\"a\":1}", "\"]\"", "null"})
  void findsNoLastElementWhereThereIsNone(String value) {
    assertThat(Slices.last(RawJson.of(value)).isAbsent()).isTrue();
  }

  @Test
  void findsTheSameLastElementFromTheEndAsFromTheBeginning() {
    Random dice = new Random(7);
    for (int i = 0; i < 5_000; i++) {
      RawJson array = RawJson.of(array(dice, 3));
      List<RawJson> all = Slices.elements(array);

      assertThat(Slices.last(array))
          .as(array.text())
          .isEqualTo(all.isEmpty() ? RawJson.ABSENT : all.getLast());
    }
  }

  private static String array(Random dice, int depth) {
    StringBuilder json = new StringBuilder("[").append(any(dice, BLANKS));
    int count = dice.nextInt(4);
    for (int i = 0; i < count; i++) {
      json.append(i == 0 ? "" : ",").append(any(dice, BLANKS)).append(value(dice, depth));
      json.append(any(dice, BLANKS));
    }
    return json.append(']').toString();
  }

  private static String value(Random dice, int depth) {
    return switch (dice.nextInt(depth > 0 ? 5 : 3)) {
      case 0 -> any(dice, List.of("1", "-0.5e3", "true", "false", "null"));
      case 1, 2 -> '"' + any(dice, TEXTS) + any(dice, TEXTS) + '"';
      case 3 -> array(dice, depth - 1);
      default ->
          "{\"" + any(dice, TEXTS) + '"' + any(dice, BLANKS) + ':' + value(dice, depth - 1) + '}';
    };
  }

  private static String any(Random dice, List<String> of) {
    return of.get(dice.nextInt(of.size()));
  }
}
