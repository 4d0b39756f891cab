package io.jethproxy.eth;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.RawJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawTransactionTest {

  /** The example of EIP-155, signed. */
  private static final String SIGNED =
      "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a0"
          + "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703"
          + "304b3800ccf555c9f3dc64214b297fb1966a3b6d83";

  @Test
  void namesATransactionByTheHashOfItsBytes() {
    assertThat(RawTransaction.hashOf(RawJson.of("[ \"" + SIGNED + "\" ]")))
        .contains(Hash.of("0x33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788"));
  }

  @Test
  void namesATransactionWithBlobsByTheHashWithoutThem() {
    byte[] tx = Rlp.list(List.of(Rlp.quantity(1), Rlp.string(new byte[300]), Rlp.quantity(7)));
    byte[] onTheWay = typed(Rlp.list(List.of(tx, Rlp.string(new byte[1000]))));

    assertThat(RawTransaction.hashOf(onTheWay)).isEqualTo(Keccak.hash(typed(tx)));
    assertThat(RawTransaction.hashOf(typed(tx))).isEqualTo(Keccak.hash(typed(tx)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0x03", "0x03c0", "0x03ff", "0x03f9ffff", "0x03c1c1", "0x0380"})
  void namesWhatIsNoBlobTransactionByTheHashOfItsBytes(String data) {
    assertThat(RawTransaction.hashOf(RawJson.of("[\"" + data + "\"]"))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[null]",
        "[\"\"]",
        "[\"0x\"]",
        "[\"0x0\"]",
        "[\"0xzz\"]",
        "[\"f86c\"]",
        "[1]",
        "[{}]",
        "{}",
        "[\"0x\\u0030\\u0030\"]"
      })
  void namesNothingElse(String params) {
    assertThat(RawTransaction.hashOf(RawJson.of(params))).isEmpty();
    assertThat(RawTransaction.hashOf(RawJson.ABSENT)).isEmpty();
  }

  private static byte[] typed(byte[] list) {
    byte[] bytes = new byte[list.length + 1];
    bytes[0] = 3;
    System.arraycopy(list, 0, bytes, 1, list.length);
    return bytes;
  }
}
