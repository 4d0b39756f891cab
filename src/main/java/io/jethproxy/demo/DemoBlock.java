package io.jethproxy.demo;

import io.jethproxy.eth.Bloom;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Head;
import io.jethproxy.eth.Header;
import io.jethproxy.eth.HeaderField;
import io.jethproxy.eth.Keccak;
import io.jethproxy.eth.Receipt;
import io.jethproxy.eth.Rlp;
import io.jethproxy.eth.Trie;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A block of the demo chain, with the state after it. */
record DemoBlock(
    Head head,
    Header header,
    List<DemoTransaction> transactions,
    List<Receipt> receipts,
    Ledger ledger) {

  static final long GAS_LIMIT = 30_000_000;
  static final long BASE_FEE_WEI = 1_000_000_000L;

  /** SHA-256 of nothing: no requests to the consensus layer. */
  private static final Hash NO_REQUESTS =
      Hash.of("0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

  /**
   * The block with these transactions.
   *
   * @param variant makes the block differ from another one with the same parent
   */
  static DemoBlock of(
      long number,
      Hash parent,
      long timestampSeconds,
      long variant,
      List<DemoTransaction> transactions,
      Ledger ledger) {
    List<Receipt> receipts = new ArrayList<>();
    long gasUsed = 0;
    Bloom bloom = Bloom.EMPTY;
    for (DemoTransaction each : transactions) {
      gasUsed += each.gas();
      receipts.add(new Receipt(0, true, gasUsed, each.logs()));
      bloom = bloom.or(receipts.getLast().bloom());
    }

    Map<HeaderField, byte[]> fields = new EnumMap<>(HeaderField.class);
    fields.put(HeaderField.PARENT_HASH, parent.bytes());
    fields.put(HeaderField.UNCLES_HASH, Header.NO_UNCLES.bytes());
    fields.put(HeaderField.MINER, Address.of("demo miner").bytes());
    fields.put(HeaderField.STATE_ROOT, ledger.fingerprint().bytes());
    fields.put(
        HeaderField.TRANSACTIONS_ROOT,
        Trie.rootOf(transactions.stream().map(DemoTransaction::raw).toList()).bytes());
    fields.put(
        HeaderField.RECEIPTS_ROOT,
        Trie.rootOf(receipts.stream().map(Receipt::encoded).toList()).bytes());
    fields.put(HeaderField.LOGS_BLOOM, bloom.bytes());
    fields.put(HeaderField.DIFFICULTY, number(0));
    fields.put(HeaderField.NUMBER, number(number));
    fields.put(HeaderField.GAS_LIMIT, number(GAS_LIMIT));
    fields.put(HeaderField.GAS_USED, number(gasUsed));
    fields.put(HeaderField.TIMESTAMP, number(timestampSeconds));
    fields.put(HeaderField.EXTRA_DATA, number(variant));
    fields.put(HeaderField.MIX_HASH, Keccak.hash(Rlp.quantity(number)).bytes());
    fields.put(HeaderField.NONCE, new byte[8]);
    fields.put(HeaderField.BASE_FEE, number(BASE_FEE_WEI));
    fields.put(HeaderField.WITHDRAWALS_ROOT, Trie.EMPTY_ROOT.bytes());
    fields.put(HeaderField.BLOB_GAS_USED, number(0));
    fields.put(HeaderField.EXCESS_BLOB_GAS, number(0));
    fields.put(HeaderField.PARENT_BEACON_BLOCK_ROOT, Keccak.hash(parent.bytes()).bytes());
    fields.put(HeaderField.REQUESTS_HASH, NO_REQUESTS.bytes());
    Header header = Header.of(fields);
    return new DemoBlock(
        header.head(), header, List.copyOf(transactions), List.copyOf(receipts), ledger);
  }

  long number() {
    return head.number();
  }

  Hash hash() {
    return head.hash();
  }

  private static byte[] number(long value) {
    return BigInteger.valueOf(value).toByteArray();
  }
}
