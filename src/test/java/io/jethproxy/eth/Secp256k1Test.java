package io.jethproxy.eth;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;

/** Against signatures that another library made. */
class Secp256k1Test {

  private static final X9ECParameters CURVE = SECNamedCurves.getByName("secp256k1");
  private static final ECDomainParameters DOMAIN =
      new ECDomainParameters(CURVE.getCurve(), CURVE.getG(), CURVE.getN(), CURVE.getH());

  private final Random random = new Random(7);

  @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
  private record Signed(BigInteger r, BigInteger s, byte[] key) {}

  private static Signed sign(BigInteger secret, Hash message) {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(secret, DOMAIN));
    BigInteger[] signature = signer.generateSignature(message.bytes());
    ECPoint point = CURVE.getG().multiply(secret).normalize();
    byte[] key = Arrays.copyOfRange(point.getEncoded(false), 1, 65);
    return new Signed(signature[0], signature[1], key);
  }

  private Hash message() {
    return new Hash(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }

  @Test
  void findsTheKeyThatSigned() {
    for (int i = 0; i < 50; i++) {
      BigInteger secret = new BigInteger(255, random).add(BigInteger.ONE);
      Hash message = message();
      Signed signed = sign(secret, message);

      byte[] even = Secp256k1.recover(message, false, signed.r(), signed.s()).orElseThrow();
      byte[] odd = Secp256k1.recover(message, true, signed.r(), signed.s()).orElseThrow();

      assertThat(Arrays.equals(even, signed.key()) ^ Arrays.equals(odd, signed.key())).isTrue();
    }
  }

  @Test
  void findsSmallKeysAndThoseNextToTheOrder() {
    for (int i = 1; i < 5; i++) {
      for (BigInteger secret :
          new BigInteger[] {BigInteger.valueOf(i), CURVE.getN().subtract(BigInteger.valueOf(i))}) {
        Hash message = message();
        Signed signed = sign(secret, message);

        byte[] even = Secp256k1.recover(message, false, signed.r(), signed.s()).orElseThrow();
        byte[] odd = Secp256k1.recover(message, true, signed.r(), signed.s()).orElseThrow();

        assertThat(Arrays.equals(even, signed.key()) || Arrays.equals(odd, signed.key())).isTrue();
      }
    }
  }

  @Test
  void findsAnotherKeyForAnotherMessage() {
    Hash message = message();
    Signed signed = sign(BigInteger.TEN, message);

    assertThat(Secp256k1.recover(message(), false, signed.r(), signed.s()))
        .hasValueSatisfying(key -> assertThat(key).isNotEqualTo(signed.key()));
  }

  @Test
  void findsNoKeyForWhatIsNoSignature() {
    BigInteger one = BigInteger.ONE;
    BigInteger order = CURVE.getN();
    BigInteger offTheCurve = BigInteger.valueOf(5);

    assertThat(Secp256k1.recover(message(), false, BigInteger.ZERO, one)).isEmpty();
    assertThat(Secp256k1.recover(message(), false, one, BigInteger.ZERO)).isEmpty();
    assertThat(Secp256k1.recover(message(), false, order, one)).isEmpty();
    assertThat(Secp256k1.recover(message(), false, one, order)).isEmpty();
    assertThat(Secp256k1.recover(message(), false, offTheCurve, one)).isEmpty();
  }
}
