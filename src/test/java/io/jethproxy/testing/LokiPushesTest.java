package io.jethproxy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The receiver reads both forms that Loki documents, and refuses what Loki refuses. */
class LokiPushesTest {

  private static final LokiPushes.Entry ENTRY =
      new LokiPushes.Entry(
          Map.of("application", "a\"b", "level", "info"),
          1_795_355_672_003_000_001L,
          "abcabcabcabc",
          Map.of("provider", "a1"));

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] field(int number, byte[]... parts) {
    byte[] content = joined(parts);
    return joined(varint(number << 3 | 2), varint(content.length), content);
  }

  private static byte[] number(int number, long value) {
    return joined(varint((long) number << 3), varint(value));
  }

  private static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  @Test
  void readsJson() throws LokiPushes.Refused {
    byte[] json =
        utf8(
            """
            {"streams":[{"stream":{"application":"a\\"b","level":"info"},
             "values":[["1795355672003000001","abcabcabcabc",{"provider":"a1"}]]}]}
            """);

    assertThat(LokiPushes.read("application/json; charset=utf-8", "", json)).containsExactly(ENTRY);
  }

  @Test
  void readsProtobufInASnappyBlock() throws LokiPushes.Refused {
    byte[] before =
        joined(
            field(1, utf8("{application=\"a\\\"b\", level=\"info\"}")),
            // an entry of 43 bytes
            varint(2 << 3 | 2),
            varint(43),
            field(1, number(1, 1_795_355_672L), number(2, 3_000_001)),
            varint(2 << 3 | 2),
            varint(12));
    byte[] metadata = field(3, field(1, utf8("provider")), field(2, utf8("a1")));
    int streamLength = before.length + 12 + metadata.length;
    byte[] head = joined(varint(1 << 3 | 2), varint(streamLength), before);

    byte[] block =
        joined(
            varint(head.length + 12 + metadata.length),
            new byte[] {
              (byte) (60 << 2), (byte) (head.length + 2)
            }, // a literal, its length in a byte
            head,
            utf8("abc"),
            new byte[] {(5 << 2) | 1, 3}, // 9 bytes from 3 bytes before
            new byte[] {(byte) ((metadata.length - 1) << 2)},
            metadata);

    assertThat(LokiPushes.read("application/x-protobuf", "", block)).containsExactly(ENTRY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'a b':'1'}; 1795355672003000001; {}; not a name",
        "{}; 1795355672003000001; {}; at least one label",
        "{'a':'1'}; 1795355672003; {}; not in nanoseconds",
        "{'a':'1'}; 1795355672003000001; {'a.b':'1'}; not a name",
        "{'a':'1'}; 1795355672003000001; {'a':1}; not a string",
      })
  void refusesWhatLokiRefuses(String labels, String time, String metadata, String complaint) {
    String json =
        """
        {"streams":[{"stream":%s,"values":[["%s","x",%s]]}]}\
        """
            .formatted(labels, time, metadata)
            .replace('\'', '"');

    assertThatThrownBy(() -> LokiPushes.read("application/json", "", utf8(json)))
        .isInstanceOf(LokiPushes.Refused.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void refusesTimesThatDoNotRise() {
    String json =
        """
        {"streams":[{"stream":{"a":"1"},"values":[["1795355672003000001","x"],\
        ["1795355672003000001","y"]]}]}\
        """;

    assertThatThrownBy(() -> LokiPushes.read("application/json", "", utf8(json)))
        .hasMessageContaining("do not rise");
  }
}
