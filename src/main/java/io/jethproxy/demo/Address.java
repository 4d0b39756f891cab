package io.jethproxy.demo;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Keccak;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * 20 bytes that name an account.
 *
 * @param text {@code 0x} and 40 hex digits, lower case
 */
record Address(String text) implements Comparable<Address> {

  static final int LENGTH = 20;
  static final Address NOBODY = new Address("0x" + "0".repeat(2 * LENGTH));

  /** An address made from any text, always the same. */
  static Address of(String seed) {
    return of(Keccak.hash(seed.getBytes(StandardCharsets.UTF_8)));
  }

  /** The last 20 bytes of the hash. */
  static Address of(Hash hash) {
    return new Address(Hex.text(hash.bytes(), Hash.LENGTH - LENGTH, Hash.LENGTH));
  }

  byte[] bytes() {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    return Hex.data(ascii, 0, ascii.length).orElseThrow();
  }

  /** The 32 bytes of the address as a topic or argument. */
  byte[] word() {
    byte[] word = new byte[Hash.LENGTH];
    System.arraycopy(bytes(), 0, word, Hash.LENGTH - LENGTH, LENGTH);
    return word;
  }

  static Address ofWord(byte[] word) {
    return new Address(
        Hex.text(Arrays.copyOfRange(word, Hash.LENGTH - LENGTH, Hash.LENGTH), 0, LENGTH));
  }

  @Override
  public int compareTo(Address other) {
    return text.compareTo(other.text);
  }
}
