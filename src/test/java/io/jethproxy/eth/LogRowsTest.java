package io.jethproxy.eth;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.LogRows.Field;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs by their pattern are those that a reader of each byte finds. */
class LogRowsTest {

  private static final String HASH = "\"0x" + "0123456789abcdef".repeat(4) + "\"";
  private static final String HASH_IN_CAPITALS = "\"0x" + "0123456789ABCDEF".repeat(4) + "\"";
  private static final String OF_A_HASHES_LENGTH = "\"" + "a\\\"".repeat(22) + "\"";
  private static final String TWO_OF_A_HASHES_LENGTH = "\"" + "a".repeat(62) + "\",\"b\"";

  private static final List<String> KEYS =
      List.of(
          "address",
          "topics",
          "blockNumber",
          "blockHash",
          "logIndex",
          "data",
          "removed",
          "transactionHash",
          "blockTimestamp",
          "address",
          "a\\u0064dress",
          "Address",
          "");

  private static final List<String> VALUES =
      List.of(
          HASH,
          HASH,
          HASH,
          HASH_IN_CAPITALS,
          OF_A_HASHES_LENGTH,
          "\"0x1\"",
          "\"0x1\"",
          "\"0x10\"",
          "\"0x1000000000000000000000000\"",
          "\"\"",
          "\"\\\"\"",
          "\"\\\\\"",
          "\"0x1\\\"\"",
          "1",
          "12",
          "-1.5e300",
          "true",
          "false",
          "null",
          "[]",
          "{}",
          "[" + HASH + "]",
          "[" + HASH + "," + HASH_IN_CAPITALS + "]",
          "[" + TWO_OF_A_HASHES_LENGTH + "]",
          "[ ]",
          "[" + HASH + " ]",
          "[\"a\",1]",
          "[\"1\",\"2\",\"3\",\"4\"]",
          "[\"1\",\"2\",\"3\",\"4\",\"5\"]",
          "{\"address\":\"0x1\",\"topics\":[\"]}\"]}");

  private static final List<String> BLANKS = List.of("", "", "", "", "", " ", "\n\t ");

  @Test
  void findsWhatIsFoundWithoutAPattern() {
    Random dice = new Random(11);
    for (int i = 0; i < 4_000; i++) {
      RawJson array = RawJson.of("[" + logs(dice) + "]");

      assertThat(byPattern(array)).as(array.text()).isEqualTo(inFull(array));
    }
  }

  @Test
  void looksNoFurtherThanTheArray() {
    String text = "{\"address\":\"0x1\"},{\"address\":\"0x2\"}";
    byte[] bytes =
        ("[" + text + "],{\"address\":\"0x3\"}").getBytes(java.nio.charset.StandardCharsets.UTF_8);

    assertThat(byPattern(new RawJson(bytes, 0, text.length() + 2)))
        .isEqualTo(inFull(RawJson.of("[" + text + "]")));
  }

  @Test
  void tellsWhatIsWrittenAsInTheLogBefore() {
    LogRows rows =
        new LogRows(
            RawJson.of(
                """
                [{"address":"0x1","logIndex":"0x1"},{"address":"0x1","logIndex":"0x2"},\
                {"address":"0x1","logIndex":"0x2"},{"logIndex":"0x2","address":"0x1"}]\
                """));

    assertThat(rows.next()).isTrue();
    assertThat(rows.isRepeated(Field.ADDRESS)).isFalse();
    assertThat(rows.next()).isTrue();
    assertThat(rows.isRepeated(Field.ADDRESS)).isTrue();
    assertThat(rows.isRepeated(Field.LOG_INDEX)).isFalse();
    assertThat(rows.next()).isTrue();
    assertThat(rows.isRepeated(Field.LOG_INDEX)).isTrue();
    assertThat(rows.next()).isTrue();
    assertThat(rows.isRepeated(Field.ADDRESS)).as("in another place").isTrue();
    assertThat(rows.isRepeated(Field.LOG_INDEX)).as("in another place").isTrue();
    assertThat(rows.next()).isFalse();
  }

  @Test
  void takesNoKeyThatComesTwiceForARepeatedOne() {
    LogRows rows =
        new LogRows(
            RawJson.of(
                """
                [{"address":"0x1","address":"0x2"},{"address":"0x3","address":"0x3"}]\
                """));

    assertThat(rows.next()).isTrue();
    assertThat(rows.next()).isTrue();
    assertThat(rows.isRepeated(Field.ADDRESS)).isFalse();
    assertThat(rows.value(Field.ADDRESS).text()).isEqualTo("\"0x3\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "\"[\"", "[1]", "[{},null]", "[[{}]]"})
  void endsAtWhatIsNoLog(String value) {
    LogRows rows = new LogRows(RawJson.of(value));
    while (rows.next()) {
      assertThat(rows.isStrange()).isFalse();
    }

    assertThat(rows.isStrange()).isTrue();
  }

  /** Of one pattern mostly, so that it is used, and left, and found again. */
  private static String logs(Random dice) {
    List<String> keys = new ArrayList<>(KEYS.subList(0, 9));
    Collections.shuffle(keys, dice);
    List<String> logs = new ArrayList<>();
    for (int i = dice.nextInt(6); i > 0; i--) {
      if (dice.nextInt(8) == 0) {
        keys.add(any(dice, KEYS));
      }
      if (dice.nextInt(8) == 0) {
        Collections.shuffle(keys, dice);
      }
      String blank = dice.nextInt(4) == 0 ? any(dice, BLANKS) : "";
      List<String> members =
          keys.stream().map(key -> "\"" + key + "\":" + blank + any(dice, VALUES) + blank).toList();
      logs.add(any(dice, BLANKS) + "{" + blank + String.join("," + blank, members) + "}" + blank);
    }
    return String.join(",", logs);
  }

  private static <T> T any(Random dice, List<T> of) {
    return of.get(dice.nextInt(of.size()));
  }

  private static List<List<String>> byPattern(RawJson array) {
    List<List<String>> logs = new ArrayList<>();
    LogRows rows = new LogRows(array);
    List<RawJson> before = List.of();
    while (rows.next()) {
      List<RawJson> values = new ArrayList<>();
      List<String> log = new ArrayList<>();
      for (Field field : Field.values()) {
        RawJson value = rows.value(field);
        values.add(value);
        log.add(value.text());
        log.add(Long.toString(rows.quantity(field)));
        if (rows.isRepeated(field)) {
          assertThat(value)
              .as("repeated in " + array.text())
              .isEqualTo(before.get(field.ordinal()));
        }
      }
      for (int i = 0; i < 6; i++) {
        RawJson topic = rows.topic(i);
        log.add(topic.text());
        assertThat(topic.isAbsent() || rows.isTopic(i, topic)).isTrue();
        assertThat(rows.isTopic(i, RawJson.of("\"other\""))).isFalse();
      }
      logs.add(log);
      before = values;
    }
    assertThat(rows.isStrange()).isFalse();
    return logs;
  }

  private static List<List<String>> inFull(RawJson array) {
    List<List<String>> logs = new ArrayList<>();
    for (RawJson each : Slices.elements(array)) {
      Last last = new Last();
      Slices.members(each, last);
      List<String> log = new ArrayList<>();
      for (RawJson value : last.values) {
        log.add(value.text());
        log.add(Long.toString(Slices.quantity(value)));
      }
      for (int i = 0; i < 6; i++) {
        log.add(Slices.element(last.values.get(1), i).text());
      }
      logs.add(log);
    }
    return logs;
  }

  /** The last of each key, in the order of the fields. */
  private static final class Last implements Slices.Members {
    private static final List<String> FIELDS =
        List.of("address", "topics", "blockNumber", "blockHash", "logIndex");

    private final List<RawJson> values = new ArrayList<>(Collections.nCopies(5, RawJson.ABSENT));

    @Override
    public void see(RawJson key, RawJson value) {
      if (FIELDS.contains(key.text())) {
        values.set(FIELDS.indexOf(key.text()), value);
      }
    }
  }
}
