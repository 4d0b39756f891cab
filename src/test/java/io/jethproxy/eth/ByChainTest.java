package io.jethproxy.eth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByChainTest {

  private final ByChain<String> names = new ByChain<>();

  @Test
  void keepsAValueForEachChain() {
    names.put(1, "mainnet");
    names.put(8453, "base");
    names.put(1, "ethereum");

    assertThat(names.get(1)).isEqualTo("ethereum");
    assertThat(names.get(8453)).isEqualTo("base");
    assertThat(names.get(10)).isNull();
  }

  @Test
  void makesAValueOnce() {
    assertThat(names.get(10, () -> "optimism")).isEqualTo("optimism");
    assertThat(names.get(10, () -> "another")).isEqualTo("optimism");
  }
}
