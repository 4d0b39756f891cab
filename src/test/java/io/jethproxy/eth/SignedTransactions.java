package io.jethproxy.eth;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;

/** Makes transactions that are truly signed, by another library. */
public final class SignedTransactions {

  private static final X9ECParameters CURVE = SECNamedCurves.getByName("secp256k1");
  private static final ECDomainParameters DOMAIN =
      new ECDomainParameters(CURVE.getCurve(), CURVE.getG(), CURVE.getN(), CURVE.getH());
  private static final BigInteger CHAIN_ID = BigInteger.ONE;

  private SignedTransactions() {}

  /** The address of a key: {@code 0x} and 40 digits. */
  public static String address(long secret) {
    byte[] point = CURVE.getG().multiply(BigInteger.valueOf(secret)).normalize().getEncoded(false);
    byte[] hash = Keccak.hash(Arrays.copyOfRange(point, 1, 65)).bytes();
    return Hex.text(hash, 12, 32);
  }

  /** The bytes of a transfer with fees of type 2. */
  public static byte[] transfer(long secret, long nonce, long fee) {
    return typed(
        2,
        secret,
        List.of(
            Rlp.quantity(CHAIN_ID),
            Rlp.quantity(nonce),
            Rlp.quantity(1),
            Rlp.quantity(fee),
            Rlp.quantity(21_000),
            Rlp.string(new byte[20]),
            Rlp.quantity(5),
            Rlp.string(new byte[0]),
            Rlp.list(List.of())));
  }

  /** The bytes of a transaction of a type with these encoded fields. */
  public static byte[] typed(int type, long secret, List<byte[]> fields) {
    return withType(type, Rlp.list(signed(secret, withType(type, Rlp.list(fields)), fields, 0)));
  }

  /**
   * The bytes of a transaction without a type.
   *
   * @param chainId 0 for one that is valid on all chains
   */
  public static byte[] legacy(long secret, long chainId, List<byte[]> fields) {
    List<byte[]> message = new ArrayList<>(fields);
    if (chainId > 0) {
      message.addAll(List.of(Rlp.quantity(chainId), Rlp.quantity(0), Rlp.quantity(0)));
    }
    long v = chainId > 0 ? 35 + 2 * chainId : 27;
    return Rlp.list(signed(secret, Rlp.list(message), fields, v));
  }

  private static List<byte[]> signed(
      long secret, byte[] message, List<byte[]> fields, long vOfEven) {
    Hash hash = Keccak.hash(message);
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(BigInteger.valueOf(secret), DOMAIN));
    BigInteger[] signature = signer.generateSignature(hash.bytes());
    byte[] key = CURVE.getG().multiply(BigInteger.valueOf(secret)).normalize().getEncoded(false);
    byte[] even = Secp256k1.recover(hash, false, signature[0], signature[1]).orElseThrow();
    boolean isEven = Arrays.equals(even, 0, 64, key, 1, 65);
    List<byte[]> all = new ArrayList<>(fields);
    all.add(Rlp.quantity(isEven ? vOfEven : vOfEven + 1));
    all.add(Rlp.quantity(signature[0]));
    all.add(Rlp.quantity(signature[1]));
    return all;
  }

  /** Bytes with the type before them. */
  public static byte[] withType(int type, byte[] bytes) {
    byte[] typed = new byte[bytes.length + 1];
    typed[0] = (byte) type;
    System.arraycopy(bytes, 0, typed, 1, bytes.length);
    return typed;
  }
}
