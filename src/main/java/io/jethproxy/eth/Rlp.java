package io.jethproxy.eth;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Recursive Length Prefix, the encoding that Ethereum hashes: byte strings and lists of them. */
public final class Rlp {

  private static final int STRING = 0x80;
  private static final int LIST = 0xc0;

  /** Payloads up to this length have it in the first byte. */
  private static final int SHORT_MAX = 55;

  private Rlp() {}

  /**
   * One item inside encoded bytes.
   *
   * @param isList whether the payload is a list of items
   * @param from index of the first byte of the payload
   * @param to index after the item
   */
  public record Item(boolean isList, int from, int to) {}

  /** Encodes a byte string. */
  public static byte[] string(byte[] bytes) {
    if (bytes.length == 1 && bytes[0] >= 0) {
      return bytes.clone();
    }
    return prefixed(STRING, bytes.length, List.of(bytes));
  }

  /** Encodes a number that is not negative as the shortest byte string. */
  public static byte[] quantity(long value) {
    return quantity(BigInteger.valueOf(value));
  }

  /** Encodes a number that is not negative as the shortest byte string. */
  public static byte[] quantity(BigInteger value) {
    if (value.signum() < 0) {
      throw new IllegalArgumentException("quantity: negative (expected: >= 0)");
    }
    return string(shortest(value));
  }

  /** Encodes a list of items that are encoded already. */
  public static byte[] list(List<byte[]> encodedItems) {
    int length = 0;
    for (byte[] item : encodedItems) {
      length += item.length;
    }
    return prefixed(LIST, length, encodedItems);
  }

  /** The envelope of a transaction or receipt with a type: the type, then the body. */
  static byte[] typed(int type, byte[] body) {
    byte[] typed = new byte[body.length + 1];
    typed[0] = (byte) type;
    System.arraycopy(body, 0, typed, 1, body.length);
    return typed;
  }

  /**
   * The item that starts at index {@code at}.
   *
   * @throws IllegalArgumentException when the bytes end before the item does
   */
  public static Item itemAt(byte[] bytes, int at) {
    if (at >= bytes.length) {
      throw truncated();
    }
    int first = bytes[at] & 0xff;
    if (first < STRING) {
      return new Item(false, at, at + 1);
    }
    boolean isList = first >= LIST;
    int code = first - (isList ? LIST : STRING);
    int lengthBytes = Math.max(0, code - SHORT_MAX);
    int from = at + 1 + lengthBytes;
    long length = lengthBytes == 0 ? code : length(bytes, at + 1, lengthBytes);
    if (length > bytes.length - from) {
      throw truncated();
    }
    return new Item(isList, from, from + (int) length);
  }

  /**
   * The items of a list, each still encoded.
   *
   * @param payload of the list
   * @throws IllegalArgumentException when the bytes end before an item does
   */
  public static List<byte[]> elements(byte[] payload) {
    List<byte[]> elements = new ArrayList<>();
    for (int at = 0; at < payload.length; ) {
      int end = itemAt(payload, at).to();
      elements.add(Arrays.copyOfRange(payload, at, end));
      at = end;
    }
    return elements;
  }

  /** What is inside one encoded item. */
  public static byte[] payload(byte[] encoded) {
    Item item = itemAt(encoded, 0);
    return Arrays.copyOfRange(encoded, item.from(), item.to());
  }

  private static long length(byte[] bytes, int at, int lengthBytes) {
    if (lengthBytes > Integer.BYTES || at + lengthBytes > bytes.length) {
      throw truncated();
    }
    long length = 0;
    for (int i = at; i < at + lengthBytes; i++) {
      length = length << 8 | (bytes[i] & 0xff);
    }
    return length;
  }

  private static byte[] prefixed(int kind, int length, List<byte[]> parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 9);
    if (length <= SHORT_MAX) {
      out.write(kind + length);
    } else {
      byte[] lengthBytes = shortest(BigInteger.valueOf(length));
      out.write(kind + SHORT_MAX + lengthBytes.length);
      out.writeBytes(lengthBytes);
    }
    parts.forEach(out::writeBytes);
    return out.toByteArray();
  }

  /** Big-endian bytes without leading zeros; none for zero. */
  private static byte[] shortest(BigInteger value) {
    byte[] bytes = value.toByteArray();
    int from = bytes[0] == 0 ? 1 : 0;
    return Arrays.copyOfRange(bytes, from, bytes.length);
  }

  private static IllegalArgumentException truncated() {
    return new IllegalArgumentException("RLP: the bytes end before the item does");
  }
}
