package io.jethproxy.eth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.bouncycastle.crypto.digests.KeccakDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeccakTest {

  @ParameterizedTest
  @CsvSource({
    "'', 0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
    "abc, 0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
    "'Transfer(address,address,uint256)',"
        + " 0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
  })
  void hashesWhatEveryoneKnows(String text, String hash) {
    assertThat(Keccak.hash(text.getBytes(UTF_8))).isEqualTo(Hash.of(hash));
  }

  @Test
  void agreesWithAnotherImplementationAtEveryLength() {
    Random random = new Random(2);
    for (int length = 0; length < 600; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);

      assertThat(Keccak.hash(bytes)).isEqualTo(oracle(bytes, 0, length));
    }
  }

  @Test
  void agreesWithAnotherImplementationOnSlicesOfLargeInputs() {
    Random random = new Random(3);
    byte[] bytes = new byte[300_000];
    random.nextBytes(bytes);
    for (int i = 0; i < 20; i++) {
      int from = random.nextInt(bytes.length);
      int to = from + random.nextInt(bytes.length - from);

      assertThat(Keccak.hash(bytes, from, to)).isEqualTo(oracle(bytes, from, to));
    }
  }

  private static Hash oracle(byte[] bytes, int from, int to) {
    KeccakDigest digest = new KeccakDigest(256);
    digest.update(bytes, from, to - from);
    byte[] hash = new byte[32];
    digest.doFinal(hash, 0);
    return Hash.of(hash, 0);
  }
}
