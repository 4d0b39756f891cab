package io.jethproxy.rpc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Documents that a seed makes: valid ones, and ones that were valid. */
final class RandomJson {

  private static final List<String> STRINGS =
      List.of(
          "",
          "id",
          "method",
          "params",
          "result",
          "error",
          "\\u0069d",
          "m\\u0065thod",
          "2.0",
          "0x",
          "0x0123456789abcdef0123456789abcdef",
          "\\\"",
          "\\\\",
          "\\/\\b\\f\\n\\r\\t",
          "\\ud83d\\ude00",
          "é",
          "€",
          "😀",
          "\u007f",
          "\u2028",
          "\ufffd",
          "sixteen bytes !!",
          "a string that is longer than two words of eight");
  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0",
          "7",
          "-1",
          "1.5",
          "1e400",
          "1E+2",
          "0.0e-0",
          "12345678901234567890",
          "-2147483648",
          "0.000001",
          "9e99");
  private static final List<String> SPACES = List.of("", "", "", "", " ", "\n", "\t\r ", "  ");
  private static final List<String> SPLICES =
      List.of(
          "{", "}", "[", "]", ",", ":", "\"", "\\", "-", ".", "e", "0", "01", "+1", "tru", "nul",
          "NaN", "//", "/**/", "'", "\u0000", "\u001f", "\\u12", "\\x", ",,", "\ufeff", "[]", "{}",
          "null", "\u00a0");
  private static final List<byte[]> BAD_UTF_8 =
      List.of(
          of(0x80),
          of(0xc0, 0x80),
          of(0xc1, 0xbf),
          of(0xe0, 0x9f, 0xbf),
          of(0xed, 0xa0, 0x80),
          of(0xf0, 0x8f, 0xbf, 0xbf),
          of(0xf4, 0x90, 0x80, 0x80),
          of(0xf5),
          of(0xff),
          of(0xe2, 0x82),
          of(0xc3));

  private final Random random;

  RandomJson(long seed) {
    random = new Random(seed);
  }

  /** A valid document of any kind. */
  byte[] document() {
    return (space() + value(5) + space()).getBytes(StandardCharsets.UTF_8);
  }

  /** A valid object whose members are often those of JSON-RPC. */
  byte[] envelope() {
    return (space() + object(4) + space()).getBytes(StandardCharsets.UTF_8);
  }

  /** A list of objects of few forms, as nodes write them, some of which differ in their strings. */
  byte[] alike() {
    String[] forms = {object(3), object(3)};
    StringBuilder list = new StringBuilder("{\"a\":[");
    for (int i = 3 + random.nextInt(12); i > 0; i--) {
      String form = forms[random.nextInt(8) / 7];
      list.append(random.nextInt(3) > 0 ? otherwise(form) : form).append(i == 1 ? "]}" : ",");
    }
    return list.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Of the same length, with other digits and letters. */
  private String otherwise(String form) {
    return form.replace('7', (char) ('1' + random.nextInt(9)))
        .replace("0x", random.nextBoolean() ? "0x" : "zz")
        .replace("sixteen", "SIXTEEN");
  }

  /** The document with one to three wounds; by chance still valid. */
  byte[] mutant(byte[] document) {
    byte[] mutant = document;
    for (int wounds = 1 + random.nextInt(3); wounds > 0; wounds--) {
      mutant = wounded(mutant);
    }
    return mutant;
  }

  private byte[] wounded(byte[] bytes) {
    int at = random.nextInt(bytes.length + 1);
    return switch (random.nextInt(6)) {
      case 0 -> Arrays.copyOf(bytes, at);
      case 1 -> replaced(bytes, at, Math.min(at + 1, bytes.length), new byte[0]);
      case 2 -> replaced(bytes, at, at, pick(SPLICES).getBytes(StandardCharsets.UTF_8));
      case 3 -> replaced(bytes, at, at, pick(BAD_UTF_8));
      case 4 -> replaced(bytes, at, Math.min(at + 1, bytes.length), of(random.nextInt(256)));
      default -> {
        int end = at + random.nextInt(bytes.length - at + 1);
        yield replaced(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
      }
    };
  }

  private static byte[] replaced(byte[] bytes, int from, int to, byte[] by) {
    byte[] result = new byte[bytes.length - (to - from) + by.length];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(by, 0, result, from, by.length);
    System.arraycopy(bytes, to, result, from + by.length, bytes.length - to);
    return result;
  }

  private String value(int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0 -> "null";
      case 1 -> random.nextBoolean() ? "true" : "false";
      case 2 -> pick(NUMBERS);
      case 6 -> object(depth);
      case 7 -> array(depth);
      default -> string();
    };
  }

  private String object(int depth) {
    StringBuilder object = new StringBuilder("{").append(space());
    for (int left = random.nextInt(6); left > 0; left--) {
      object.append(string()).append(space()).append(':').append(space());
      object.append(value(depth - 1)).append(space()).append(left > 1 ? "," + space() : "");
    }
    return object.append('}').toString();
  }

  private String array(int depth) {
    StringBuilder array = new StringBuilder("[").append(space());
    for (int left = random.nextInt(5); left > 0; left--) {
      array.append(value(depth - 1)).append(space()).append(left > 1 ? "," + space() : "");
    }
    return array.append(']').toString();
  }

  private String string() {
    StringBuilder string = new StringBuilder("\"").append(pick(STRINGS));
    while (random.nextInt(3) == 0) {
      string.append(pick(STRINGS));
    }
    return string.append('"').toString();
  }

  private String space() {
    return pick(SPACES);
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static byte[] of(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
