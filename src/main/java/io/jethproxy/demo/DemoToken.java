package io.jethproxy.demo;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Keccak;
import io.jethproxy.eth.Log;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The one contract of the demo chain: an ERC-20 token, as far as reads and transfers go. */
public final class DemoToken {

  static final Address ADDRESS = Address.of("demo token");

  /** The topic of {@code Transfer(address,address,uint256)}. */
  public static final Hash TRANSFER =
      Keccak.hash("Transfer(address,address,uint256)".getBytes(StandardCharsets.UTF_8));

  private static final String CODE = "0x6080604052600080fd";
  private static final int SELECTOR_LENGTH = 4;

  private DemoToken() {}

  /** Where the token lives: {@code 0x} and 40 hex digits. */
  public static String address() {
    return ADDRESS.text();
  }

  static String code(Address address) {
    return address.equals(ADDRESS) ? CODE : "0x";
  }

  /** The input of a transaction that sends tokens. */
  static byte[] transferInput(Address to, BigInteger tokens) {
    return concat(selector("transfer(address,uint256)"), to.word(), word(tokens));
  }

  static Log transferred(Address from, Address to, BigInteger tokens) {
    List<Hash> topics = List.of(TRANSFER, Hash.of(from.word(), 0), Hash.of(to.word(), 0));
    return new Log(ADDRESS.bytes(), topics, word(tokens));
  }

  /** What a call with this input answers; empty when it reverts. */
  static Optional<byte[]> call(byte[] input, Ledger ledger) {
    if (input.length < SELECTOR_LENGTH) {
      return Optional.empty();
    }
    String selector = Hex.text(input, 0, SELECTOR_LENGTH);
    return switch (selector) {
      case "0x70a08231" -> balanceOf(input, ledger); // balanceOf(address)
      case "0x06fdde03" -> Optional.of(string("Demo Token")); // name()
      case "0x95d89b41" -> Optional.of(string("DEMO")); // symbol()
      case "0x313ce567" -> Optional.of(word(BigInteger.valueOf(18))); // decimals()
      case "0x18160ddd" -> Optional.of(word(ledger.tokenSupply())); // totalSupply()
      case "0xa9059cbb" -> Optional.of(word(BigInteger.ONE)); // transfer(address,uint256)
      default -> Optional.empty();
    };
  }

  /** The data of a revert with a reason: {@code Error(string)}. */
  static String revertData(String reason) {
    return Hex.text(concat(selector("Error(string)"), string(reason)));
  }

  private static Optional<byte[]> balanceOf(byte[] input, Ledger ledger) {
    if (input.length < SELECTOR_LENGTH + Hash.LENGTH) {
      return Optional.empty();
    }
    byte[] owner = Arrays.copyOfRange(input, SELECTOR_LENGTH, SELECTOR_LENGTH + Hash.LENGTH);
    return Optional.of(word(ledger.account(Address.ofWord(owner)).tokens()));
  }

  private static byte[] selector(String signature) {
    byte[] hash = Keccak.hash(signature.getBytes(StandardCharsets.UTF_8)).bytes();
    return Arrays.copyOf(hash, SELECTOR_LENGTH);
  }

  /** The ABI's form of one string: offset, length, bytes padded to words. */
  private static byte[] string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int words = (bytes.length + Hash.LENGTH - 1) / Hash.LENGTH;
    return concat(
        word(BigInteger.valueOf(Hash.LENGTH)),
        word(BigInteger.valueOf(bytes.length)),
        Arrays.copyOf(bytes, words * Hash.LENGTH));
  }

  private static byte[] word(BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] word = new byte[Hash.LENGTH];
    System.arraycopy(bytes, 0, word, Hash.LENGTH - bytes.length, bytes.length);
    return word;
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
