package io.jethproxy.eth;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.SignedTransaction.Part;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedTransactionTest {

  private static final byte[] NOTHING = Rlp.string(new byte[0]);
  private static final byte[] NO_LIST = Rlp.list(List.of());

  /** The example of EIP-155. */
  private static final String EIP_155 =
      "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a7640000802"
          + "5a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761"
          + "aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";

  private static SignedTransaction read(byte[] raw) {
    return SignedTransaction.read(raw).orElseThrow();
  }

  @Test
  void readsTheExampleOfEip155() {
    SignedTransaction example = read(HexFormat.of().parseHex(EIP_155));

    assertThat(example.sender()).isEqualTo("0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
    assertThat(example.nonce()).isEqualTo(9);
    assertThat(example.type()).isZero();
    assertThat(example.chainId()).contains(BigInteger.ONE);
    assertThat(example.number(Part.GAS_PRICE)).isEqualTo(20_000_000_000L);
    assertThat(example.number(Part.VALUE)).isEqualTo("1000000000000000000");
    assertThat(example.hash())
        .isEqualTo(Hash.of("0x33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1337, 42161, 123_456_789_012L})
  void findsTheSenderOfOnesWithoutType(long chainId) {
    List<byte[]> fields =
        List.of(
            Rlp.quantity(7), Rlp.quantity(1), Rlp.quantity(2), NOTHING, Rlp.quantity(0), NOTHING);

    SignedTransaction read = read(SignedTransactions.legacy(11, chainId, fields));

    assertThat(read.sender()).isEqualTo(SignedTransactions.address(11));
    assertThat(read.nonce()).isEqualTo(7);
    assertThat(read.chainId().map(BigInteger::longValue).orElse(0L)).isEqualTo(chainId);
  }

  private static List<byte[]> fields(int type) {
    byte[] one = Rlp.quantity(1);
    byte[] nonce = Rlp.quantity(300);
    byte[] to = Rlp.string(new byte[20]);
    return switch (type) {
      case 1 -> List.of(one, nonce, one, one, to, one, NOTHING, NO_LIST);
      case 2 -> List.of(one, nonce, one, one, one, to, one, NOTHING, NO_LIST);
      default -> { // types 3 and 4
        byte[] nine = type == 3 ? one : NO_LIST;
        yield type == 3
            ? List.of(one, nonce, one, one, one, to, one, NOTHING, NO_LIST, nine, NO_LIST)
            : List.of(one, nonce, one, one, one, to, one, NOTHING, NO_LIST, nine);
      }
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void findsTheSenderOfEachType(int type) {
    byte[] raw = SignedTransactions.typed(type, 12, fields(type));

    SignedTransaction read = read(raw);

    assertThat(read.sender()).isEqualTo(SignedTransactions.address(12));
    assertThat(read.type()).isEqualTo(type);
    assertThat(read.nonce()).isEqualTo(300);
    assertThat(read.hash()).isEqualTo(Keccak.hash(raw));
  }

  @Test
  void leavesOutBlobsThatComeAlong() {
    byte[] bare = SignedTransactions.typed(3, 13, fields(3));
    byte[] list = Arrays.copyOfRange(bare, 1, bare.length);
    byte[] blobs = Rlp.list(List.of(Rlp.string(new byte[100_000])));

    SignedTransaction read =
        read(SignedTransactions.withType(3, Rlp.list(List.of(list, blobs, NO_LIST, NO_LIST))));

    assertThat(read.sender()).isEqualTo(SignedTransactions.address(13));
    assertThat(read.hash()).isEqualTo(Keccak.hash(bare));
    assertThat(read.bytesKept()).isLessThan(2_000);
  }

  @Test
  void readsNothingElse() {
    assertThat(SignedTransaction.read(new byte[0])).isEmpty();
    assertThat(SignedTransaction.read(new byte[] {0x7e, (byte) 0xc0})).isEmpty();
    assertThat(SignedTransaction.read(new byte[] {2})).isEmpty();
    assertThat(SignedTransaction.read(new byte[] {(byte) 0xc0})).isEmpty();
  }

  @Test
  void survivesAnyDamage() {
    Random random = new Random(3);
    byte[] raw = SignedTransactions.transfer(14, 5, 9);
    for (int i = 0; i < 2_000; i++) {
      byte[] damaged = Arrays.copyOf(raw, raw.length - random.nextInt(3));
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();

      SignedTransaction.read(damaged)
          .ifPresent(read -> assertThat(read.sender()).hasSize(42).startsWith("0x"));
    }
  }
}
