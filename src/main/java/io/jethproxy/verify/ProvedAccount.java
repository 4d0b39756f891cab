package io.jethproxy.verify;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Keccak;
import io.jethproxy.eth.Rlp;
import io.jethproxy.eth.Slices;
import io.jethproxy.eth.Trie;
import io.jethproxy.eth.TrieProof;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What {@code eth_getProof} says of an account. */
final class ProvedAccount implements Slices.Members {

  private static final Hash NO_CODE = Keccak.hash(new byte[0]);
  private static final int WORD = 32;

  private RawJson address = RawJson.ABSENT;
  private RawJson nonce = RawJson.ABSENT;
  private RawJson balance = RawJson.ABSENT;
  private RawJson codeHash = RawJson.ABSENT;
  private RawJson storageHash = RawJson.ABSENT;
  private RawJson accountProof = RawJson.ABSENT;
  private RawJson storageProof = RawJson.ABSENT;

  private ProvedAccount() {}

  /**
   * @param account a valid JSON object
   */
  static ProvedAccount read(RawJson account) {
    ProvedAccount read = new ProvedAccount();
    Slices.members(account, read);
    return read;
  }

  @Override
  public void see(RawJson key, RawJson value) {
    if (key.is("address")) {
      address = value;
    } else if (key.is("nonce")) {
      nonce = value;
    } else if (key.is("balance")) {
      balance = value;
    } else if (key.is("codeHash")) {
      codeHash = value;
    } else if (key.is("storageHash")) {
      storageHash = value;
    } else if (key.is("accountProof")) {
      accountProof = value;
    } else if (key.is("storageProof")) {
      storageProof = value;
    }
  }

  /** The address; empty when it does not say. */
  Optional<byte[]> address() {
    return Slices.data(address);
  }

  /** The proofs of its storage, a JSON array. */
  RawJson slots() {
    return storageProof;
  }

  /** Whether the state with this root holds the account as it is described. */
  boolean isProvedBy(Hash root) {
    return address()
        .flatMap(key -> proof(root, accountProof).of(key))
        .map(proved -> proved.value().map(this::isEncoded).orElseGet(this::isNobody))
        .orElse(false);
  }

  private boolean isEncoded(byte[] account) {
    try {
      List<byte[]> items = Rlp.elements(Rlp.payload(account));
      return items.size() == 4
          && isNumber(nonce, Rlp.payload(items.get(0)))
          && isNumber(balance, Rlp.payload(items.get(1)))
          && isData(storageHash, Rlp.payload(items.get(2)))
          && isData(codeHash, Rlp.payload(items.get(3)));
    } catch (IllegalArgumentException notRlp) {
      return false;
    }
  }

  /** Clients differ in what they show for an account that is not there. */
  private boolean isNobody() {
    return isNumber(nonce, new byte[0])
        && isNumber(balance, new byte[0])
        && (isData(storageHash, Trie.EMPTY_ROOT.bytes()) || isZero(storageHash))
        && (isData(codeHash, NO_CODE.bytes()) || isZero(codeHash));
  }

  /** Whether the account's storage holds what one of the {@link #slots} says. */
  boolean isProvedByItsStorage(RawJson slot) {
    Optional<Hash> hash = Slices.hash(storageHash);
    Hash root = hash.filter(own -> !own.equals(Hash.ZERO)).orElse(Trie.EMPTY_ROOT);
    RawJson value = Slices.member(slot, "value");
    return number(Slices.member(slot, "key"))
        .filter(key -> key.length <= WORD)
        .flatMap(key -> proof(root, Slices.member(slot, "proof")).of(word(key)))
        .map(proved -> isNumber(value, proved.value().map(Rlp::payload).orElse(new byte[0])))
        .orElse(false);
  }

  private static TrieProof proof(Hash root, RawJson nodes) {
    List<byte[]> read = new ArrayList<>();
    Slices.elements(nodes).forEach(each -> Slices.data(each).ifPresent(read::add));
    return new TrieProof(root, read);
  }

  private static byte[] word(byte[] number) {
    byte[] word = new byte[WORD];
    System.arraycopy(number, 0, word, WORD - number.length, number.length);
    return word;
  }

  /** Keys and values come as quantities or as data. */
  private static Optional<byte[]> number(RawJson value) {
    RawJson text = Slices.content(value);
    return Hex.number(text.bytes(), text.from(), text.to());
  }

  private static boolean isNumber(RawJson value, byte[] expected) {
    return number(value).filter(own -> Arrays.equals(own, expected)).isPresent();
  }

  private static boolean isData(RawJson value, byte[] expected) {
    return Slices.data(value).filter(own -> Arrays.equals(own, expected)).isPresent();
  }

  private static boolean isZero(RawJson hash) {
    return isData(hash, Hash.ZERO.bytes());
  }
}
