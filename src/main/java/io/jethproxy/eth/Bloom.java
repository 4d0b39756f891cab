package io.jethproxy.eth;

import java.util.Arrays;
import java.util.List;

/**
 * The 2048 bits in a header or receipt that tell which addresses and topics its logs cannot
 * contain: three bits for each. Immutable.
 */
public final class Bloom {

  public static final int LENGTH_BYTES = 256;

  /** The bloom of no logs. */
  public static final Bloom EMPTY = new Bloom(new byte[LENGTH_BYTES]);

  private static final int BIT_MASK = 8 * LENGTH_BYTES - 1;

  private final byte[] bytes;

  private Bloom(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The bloom with these {@value #LENGTH_BYTES} bytes, as on the wire. */
  public static Bloom of(byte[] bytes) {
    if (bytes.length != LENGTH_BYTES) {
      throw new IllegalArgumentException(
          "bloom: " + bytes.length + " bytes (expected: " + LENGTH_BYTES + ")");
    }
    return new Bloom(bytes.clone());
  }

  /** The bloom of all addresses and topics of the logs. */
  public static Bloom of(List<Log> logs) {
    if (logs.isEmpty()) {
      return EMPTY;
    }
    byte[] bytes = new byte[LENGTH_BYTES];
    for (Log log : logs) {
      add(bytes, log.address());
      log.topics().forEach(topic -> add(bytes, topic.bytes()));
    }
    return new Bloom(bytes);
  }

  /** The three bits of an address or topic, to ask many blooms for it. */
  public record Item(int first, int second, int third) {
    /** An address (20 bytes) or topic (32 bytes). */
    public static Item of(byte[] item) {
      Hash hash = Keccak.hash(item);
      return new Item(bit(hash, 48), bit(hash, 32), bit(hash, 16));
    }
  }

  /** How many of the {@code 8 * LENGTH_BYTES} bits are set. */
  public int bitCount() {
    int count = 0;
    for (byte each : bytes) {
      count += Integer.bitCount(each & 0xff);
    }
    return count;
  }

  /** What is in one or the other. */
  public Bloom or(Bloom other) {
    byte[] union = bytes.clone();
    for (int i = 0; i < LENGTH_BYTES; i++) {
      union[i] |= other.bytes[i];
    }
    return new Bloom(union);
  }

  /** False when no log has this address (20 bytes) or topic (32 bytes); true proves nothing. */
  public boolean mayContain(byte[] item) {
    return mayContain(Item.of(item));
  }

  /** The same for an item that was hashed before. */
  public boolean mayContain(Item item) {
    return isSet(item.first()) && isSet(item.second()) && isSet(item.third());
  }

  private boolean isSet(int bit) {
    return (bytes[index(bit)] & mask(bit)) != 0;
  }

  public boolean isEmpty() {
    return equals(EMPTY);
  }

  /** A new array with the bytes as on the wire. */
  public byte[] bytes() {
    return bytes.clone();
  }

  private static void add(byte[] bytes, byte[] item) {
    Hash hash = Keccak.hash(item);
    for (int shift = 48; shift >= 16; shift -= 16) {
      int bit = bit(hash, shift);
      bytes[index(bit)] |= (byte) mask(bit);
    }
  }

  /** The low 11 bits of the first, second and third pair of bytes. */
  private static int bit(Hash hash, int shift) {
    return (int) (hash.a() >>> shift) & BIT_MASK;
  }

  private static int index(int bit) {
    return LENGTH_BYTES - 1 - bit / 8;
  }

  private static int mask(int bit) {
    return 1 << bit % 8;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bloom that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return Hex.text(bytes);
  }
}
