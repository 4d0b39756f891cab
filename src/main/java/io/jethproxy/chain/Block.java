package io.jethproxy.chain;

import io.jethproxy.eth.Bloom;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Head;
import io.jethproxy.eth.Header;
import io.jethproxy.eth.HeaderField;
import io.jethproxy.rpc.RawJson;
import java.util.Collection;
import java.util.Optional;

/**
 * A block as the log keeps it. Immutable: receipts that come later make another one.
 *
 * @param head its number, hash, parent and time
 * @param header its fields; they are those that the hash names if {@code isVerified}
 * @param isVerified whether the hash was computed from the fields and is the claimed one
 * @param json the block object as a provider gave it, with the hashes of its transactions
 * @param receipts what its transactions did, checked against the header; empty when not known yet
 */
public record Block(
    Head head, Header header, boolean isVerified, RawJson json, Optional<BlockReceipts> receipts) {

  /**
   * Reads a block object of JSON-RPC that lists the hashes of its transactions; empty when a field
   * is missing or not as expected. What it is a small part of is not kept with it.
   *
   * @param block valid JSON
   */
  public static Optional<Block> read(RawJson block) {
    RawJson own = block.ownWhenSmall();
    return Header.read(own)
        .flatMap(header ->
            header
                .named()
                .map(head ->
                    new Block(
                        head,
                        header,
                        header.authenticity() == Header.Authenticity.GENUINE,
                        own,
                        Optional.empty())));
  }

  public long number() {
    return head.number();
  }

  public Hash hash() {
    return head.hash();
  }

  public Hash parent() {
    return head.parent();
  }

  /** Which addresses and topics its logs cannot contain. */
  public Bloom bloom() {
    return header.bloom();
  }

  public Hash receiptsRoot() {
    return header.root(HeaderField.RECEIPTS_ROOT);
  }

  Block with(BlockReceipts known) {
    return new Block(head, header, isVerified, json, Optional.of(known));
  }

  Block withoutReceipts() {
    return receipts.isEmpty() ? this : new Block(head, header, isVerified, json, Optional.empty());
  }

  /** Bytes that it keeps in memory, roughly. */
  public long bytes() {
    return bytesWithoutReceipts() + receipts.map(BlockReceipts::bytes).orElse(0L);
  }

  long bytesWithoutReceipts() {
    return 1_024L + json.bytes().length;
  }

  /** Without receipts, too. */
  static long bytesOfAll(Collection<Block> blocks) {
    return blocks.stream().mapToLong(Block::bytesWithoutReceipts).sum();
  }
}
