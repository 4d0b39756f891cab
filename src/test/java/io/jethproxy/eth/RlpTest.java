package io.jethproxy.eth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of the Ethereum wiki and the edges between the forms. */
class RlpTest {

  @ParameterizedTest
  @CsvSource({"0, 0x80", "1, 0x01", "127, 0x7f", "128, 0x8180", "255, 0x81ff", "1024, 0x820400"})
  void encodesQuantitiesAsShortAsPossible(long value, String encoded) {
    assertThat(Hex.text(Rlp.quantity(value))).isEqualTo(encoded);
  }

  @Test
  void encodesQuantitiesBeyondLongs() {
    assertThat(Hex.text(Rlp.quantity(BigInteger.ONE.shiftLeft(64))))
        .isEqualTo("0x89010000000000000000");
    assertThatThrownBy(() -> Rlp.quantity(-1)).hasMessageContaining("expected: >= 0");
  }

  @Test
  void encodesStringsAndLists() {
    byte[] cat = Rlp.string("cat".getBytes(UTF_8));
    byte[] dog = Rlp.string("dog".getBytes(UTF_8));
    byte[] empty = Rlp.list(List.of());

    assertThat(Hex.text(dog)).isEqualTo("0x83646f67");
    assertThat(Hex.text(Rlp.string(new byte[0]))).isEqualTo("0x80");
    assertThat(Hex.text(Rlp.string(new byte[] {0}))).isEqualTo("0x00");
    assertThat(Hex.text(Rlp.list(List.of(cat, dog)))).isEqualTo("0xc88363617483646f67");
    assertThat(Hex.text(empty)).isEqualTo("0xc0");
    assertThat(
            Hex.text(
                Rlp.list(
                    List.of(
                        empty,
                        Rlp.list(List.of(empty)),
                        Rlp.list(List.of(empty, Rlp.list(List.of(empty))))))))
        .isEqualTo("0xc7c0c1c0c3c0c1c0");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 55, 56, 255, 256, 65_535, 65_536})
  void findsItemsOfEveryLength(int length) {
    byte[] string = Rlp.string(filled(length));
    byte[] list = Rlp.list(List.of(filled(length)));

    assertThat(Rlp.itemAt(string, 0))
        .isEqualTo(new Rlp.Item(false, string.length - length, string.length));
    assertThat(Rlp.itemAt(list, 0))
        .isEqualTo(new Rlp.Item(true, list.length - length, list.length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0x", "0x83646f", "0xb8", "0xb838", "0xc1", "0xf9ffff", "0xbfffffffffffffffff"})
  void refusesBytesThatEndTooEarly(String encoded) {
    byte[] text = encoded.getBytes(UTF_8);
    byte[] bytes = Hex.data(text, 0, text.length).orElseThrow();

    assertThatThrownBy(() -> Rlp.itemAt(bytes, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) 0x99);
    return bytes;
  }
}
