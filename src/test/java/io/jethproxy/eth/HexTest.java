package io.jethproxy.eth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HexTest {

  private static long quantity(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return Hex.quantity(bytes, 0, bytes.length);
  }

  @ParameterizedTest
  @CsvSource({"0x0, 0", "0x41, 65", "0xFf, 255", "0x7fffffffffffffff, 9223372036854775807"})
  void readsQuantities(String text, long value) {
    assertThat(quantity(text)).isEqualTo(value);
    assertThat(Hex.quantity(value)).isEqualToIgnoringCase(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "0x",
        "0x00",
        "0x01",
        "41",
        "0X41",
        "-0x1",
        "0x-1",
        "0xg",
        "0x8000000000000000",
        "0x10000000000000000",
        "0x4 ",
        "0x\u0661"
      })
  void readsNoOtherNotation(String text) {
    assertThat(quantity(text)).isEqualTo(Hex.NO_QUANTITY);
  }

  @Test
  void writesNoNegativeQuantity() {
    assertThatThrownBy(() -> Hex.quantity(-1)).hasMessageContaining("expected: >= 0");
  }

  @Test
  void readsBackTheDataItWrites() {
    Random random = new Random(1);
    for (int length = 0; length < 70; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);

      String text = Hex.text(bytes);

      assertThat(text).isEqualTo("0x" + HexFormat.of().formatHex(bytes));
      assertThat(Hex.data(text.getBytes(UTF_8), 0, text.length()).orElseThrow()).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "0x1", "0xabc", "0X00", "00", "0xzz", "0x0g", "0xg0", "0x\u00e9"})
  void readsNoOtherData(String text) {
    byte[] bytes = text.getBytes(UTF_8);

    assertThat(Hex.data(bytes, 0, bytes.length)).isEmpty();
  }
}
