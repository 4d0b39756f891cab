package io.jethproxy.eth;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/**
 * Tells who signed: the public key that goes with a signature on the curve secp256k1 (SEC 1, 4.1.6;
 * constants from SEC 2). Public numbers only, so it need not hide how long it takes: some
 * milliseconds at most.
 *
 * <p>Points are in Jacobian coordinates, (x / z², y / z³), which cost no inversion until the end;
 * zero z is the point at infinity.
 */
public final class Secp256k1 {

  private static final BigInteger P =
      new BigInteger("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", 16);
  private static final BigInteger N =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
  private static final Point G =
      new Point(
          new BigInteger("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", 16),
          new BigInteger("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8", 16),
          BigInteger.ONE);
  private static final Point INFINITY = new Point(BigInteger.ONE, BigInteger.ONE, BigInteger.ZERO);
  private static final BigInteger SEVEN = BigInteger.valueOf(7);
  private static final BigInteger THREE = BigInteger.valueOf(3);

  /** As P is 3 modulo 4, this power of a square is its root. */
  private static final BigInteger ROOT = P.add(BigInteger.ONE).shiftRight(2);

  private static final int KEY_LENGTH = 64;

  private Secp256k1() {}

  private record Point(BigInteger x, BigInteger y, BigInteger z) {

    boolean isInfinity() {
      return z.signum() == 0;
    }

    Point doubled() {
      BigInteger yy = y.multiply(y).mod(P);
      BigInteger s = x.multiply(yy).shiftLeft(2).mod(P);
      BigInteger m = x.multiply(x).multiply(THREE).mod(P);
      BigInteger newX = m.multiply(m).subtract(s.shiftLeft(1)).mod(P);
      BigInteger newY = m.multiply(s.subtract(newX)).subtract(yy.multiply(yy).shiftLeft(3)).mod(P);
      return new Point(newX, newY, y.multiply(z).shiftLeft(1).mod(P));
    }

    Point plus(Point other) {
      if (isInfinity()) {
        return other;
      }
      if (other.isInfinity()) {
        return this;
      }
      BigInteger zz = z.multiply(z).mod(P);
      BigInteger otherZz = other.z.multiply(other.z).mod(P);
      BigInteger u = x.multiply(otherZz).mod(P);
      BigInteger h = other.x.multiply(zz).subtract(u).mod(P);
      BigInteger s = y.multiply(otherZz).multiply(other.z).mod(P);
      BigInteger r = other.y.multiply(zz).multiply(z).subtract(s).mod(P);
      if (h.signum() == 0) {
        return r.signum() == 0 ? doubled() : INFINITY;
      }
      BigInteger hh = h.multiply(h).mod(P);
      BigInteger hhh = hh.multiply(h).mod(P);
      BigInteger v = u.multiply(hh).mod(P);
      BigInteger newX = r.multiply(r).subtract(hhh).subtract(v.shiftLeft(1)).mod(P);
      BigInteger newY = r.multiply(v.subtract(newX)).subtract(s.multiply(hhh)).mod(P);
      return new Point(newX, newY, h.multiply(z).multiply(other.z).mod(P));
    }
  }

  /**
   * The 64 bytes of the key that signed, x and y; empty when no key did.
   *
   * @param message what was signed, a hash
   * @param isOdd whether the y of the signature's point is odd: its recovery bit
   */
  public static Optional<byte[]> recover(Hash message, boolean isOdd, BigInteger r, BigInteger s) {
    if (!isScalar(r) || !isScalar(s)) {
      return Optional.empty();
    }
    BigInteger square = r.modPow(THREE, P).add(SEVEN).mod(P);
    BigInteger root = square.modPow(ROOT, P);
    if (!root.multiply(root).mod(P).equals(square)) {
      return Optional.empty();
    }
    Point point = new Point(r, root.testBit(0) == isOdd ? root : P.subtract(root), BigInteger.ONE);
    BigInteger inverse = r.modInverse(N);
    BigInteger z = new BigInteger(1, message.bytes());
    BigInteger forG = z.negate().multiply(inverse).mod(N);
    BigInteger forPoint = s.multiply(inverse).mod(N);
    Point key = sum(forG, G, forPoint, point);
    return key.isInfinity() ? Optional.empty() : Optional.of(bytes(key));
  }

  private static boolean isScalar(BigInteger value) {
    return value.signum() > 0 && value.compareTo(N) < 0;
  }

  /** a times p plus b times q, in one pass over the bits of both. */
  private static Point sum(BigInteger a, Point p, BigInteger b, Point q) {
    Point both = p.plus(q);
    Point sum = INFINITY;
    for (int i = Math.max(a.bitLength(), b.bitLength()) - 1; i >= 0; i--) {
      sum = sum.isInfinity() ? sum : sum.doubled();
      if (a.testBit(i)) {
        sum = sum.plus(b.testBit(i) ? both : p);
      } else if (b.testBit(i)) {
        sum = sum.plus(q);
      }
    }
    return sum;
  }

  private static byte[] bytes(Point point) {
    BigInteger inverse = point.z.modInverse(P);
    BigInteger square = inverse.multiply(inverse).mod(P);
    byte[] bytes = new byte[KEY_LENGTH];
    put(point.x.multiply(square).mod(P), bytes, KEY_LENGTH / 2);
    put(point.y.multiply(square).multiply(inverse).mod(P), bytes, KEY_LENGTH);
    return bytes;
  }

  /** Puts the number before index {@code end}. */
  private static void put(BigInteger value, byte[] target, int end) {
    byte[] bytes = value.toByteArray();
    int skip = bytes[0] == 0 ? 1 : 0;
    byte[] plain = Arrays.copyOfRange(bytes, skip, bytes.length);
    System.arraycopy(plain, 0, target, end - plain.length, plain.length);
  }
}
