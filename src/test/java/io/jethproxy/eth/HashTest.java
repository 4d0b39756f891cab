package io.jethproxy.eth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HashTest {

  private static final String TEXT =
      "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3";

  @Test
  void readsBackWhatItWrites() {
    assertThat(Hash.of(TEXT).toString()).isEqualTo(TEXT);
    assertThat(Hash.of(Hash.of(TEXT).bytes(), 0)).isEqualTo(Hash.of(TEXT));
    assertThat(Hash.ZERO.toString()).isEqualTo("0x" + "0".repeat(64));
  }

  @Test
  void isEqualWhateverTheLetters() {
    assertThat(Hash.of("0x" + TEXT.substring(2).toUpperCase(java.util.Locale.ROOT)))
        .isEqualTo(Hash.of(TEXT))
        .hasSameHashCodeAs(Hash.of(TEXT));
    assertThat(Hash.of(TEXT)).isNotEqualTo(Hash.of(TEXT.replace('3', '4')));
  }

  @Test
  void refusesAnyOtherText() {
    assertThatThrownBy(() -> Hash.of("0x12")).hasMessageContaining("4 characters (expected: 0x");
    assertThatThrownBy(() -> Hash.of(TEXT.replace('d', 'x')))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Hash.of(TEXT.substring(2) + "00"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
