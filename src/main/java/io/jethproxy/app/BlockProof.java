package io.jethproxy.app;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Header;
import io.jethproxy.eth.HeaderField;
import io.jethproxy.eth.Receipt;
import io.jethproxy.eth.Slices;
import io.jethproxy.eth.Transaction;
import io.jethproxy.eth.Trie;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What of one block can be recomputed from what a provider gives, in words for the table. */
final class BlockProof implements Slices.Members {

  private RawJson transactions = RawJson.ABSENT;

  private BlockProof() {}

  /**
   * Such as {@code hash,txs,receipts}; what differs has a {@code !} before it, as on a chain with
   * its own ways or at a provider that tells untruths; {@code none} when nothing can be recomputed.
   *
   * @param block with its transactions
   * @param receipts all of the block, or anything else when there are none
   */
  static String of(RawJson block, RawJson receipts) {
    BlockProof body = new BlockProof();
    Optional<Header> header = Header.read(block, body);
    List<String> words = new ArrayList<>();
    if (header.isPresent()) {
      hash(header.get()).ifPresent(words::add);
      body.transactions(header.get()).ifPresent(words::add);
      receipts(header.get(), receipts).ifPresent(words::add);
    }
    return words.isEmpty() ? "none" : String.join(",", words);
  }

  private static Optional<String> hash(Header header) {
    return switch (header.authenticity()) {
      case GENUINE -> Optional.of("hash");
      case FORGED -> Optional.of("!hash");
      case UNVERIFIABLE -> Optional.empty();
    };
  }

  private Optional<String> transactions(Header header) {
    Hash root = header.root(HeaderField.TRANSACTIONS_ROOT);
    if (transactions.first() != '[') {
      return Optional.empty();
    }
    return Slices.element(transactions, 0).isAbsent()
        ? Optional.of(word("txs", root.equals(Trie.EMPTY_ROOT)))
        : Transaction.bodyOf(transactions)
            .map(body -> word("txs", body.isNamedRight() && body.root().equals(root)));
  }

  private static Optional<String> receipts(Header header, RawJson receipts) {
    return receipts.first() == '['
        ? Receipt.rootOf(receipts)
            .map(root -> word("receipts", root.equals(header.root(HeaderField.RECEIPTS_ROOT))))
        : Optional.empty();
  }

  private static String word(String part, boolean matches) {
    return matches ? part : "!" + part;
  }

  @Override
  public void see(RawJson key, RawJson value) {
    if (key.is("transactions")) {
      transactions = value;
    }
  }
}
