package io.jethproxy.chain;

import io.jethproxy.eth.Bloom;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Header;
import io.jethproxy.eth.HeaderField;
import io.jethproxy.eth.Keccak;
import io.jethproxy.eth.Rlp;
import io.jethproxy.eth.Trie;
import io.jethproxy.rpc.RawJson;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Empty blocks with true hashes: the same parent and variant make the same block. */
final class MadeBlocks {

  private MadeBlocks() {}

  static Block genesis() {
    return at(0, Hash.ZERO, 0);
  }

  static Block after(Block parent) {
    return after(parent, 0);
  }

  static Block after(Block parent, long variant) {
    return at(parent.number() + 1, parent.hash(), variant);
  }

  /** So many more blocks on top of one; the last of them. */
  static Block after(Block parent, long variant, int blocks) {
    Block last = parent;
    for (int i = 0; i < blocks; i++) {
      last = after(last, variant);
    }
    return last;
  }

  static Block at(long number, Hash parent, long variant) {
    Map<HeaderField, byte[]> fields = new EnumMap<>(HeaderField.class);
    for (HeaderField field : HeaderField.values()) {
      if (field.isOriginal()) {
        fields.put(field, new byte[0]);
      }
    }
    fields.put(HeaderField.PARENT_HASH, parent.bytes());
    fields.put(HeaderField.UNCLES_HASH, Header.NO_UNCLES.bytes());
    fields.put(HeaderField.MINER, new byte[20]);
    fields.put(HeaderField.STATE_ROOT, Keccak.hash(Rlp.quantity(number)).bytes());
    fields.put(HeaderField.TRANSACTIONS_ROOT, Trie.EMPTY_ROOT.bytes());
    fields.put(HeaderField.RECEIPTS_ROOT, Trie.EMPTY_ROOT.bytes());
    fields.put(HeaderField.LOGS_BLOOM, Bloom.EMPTY.bytes());
    fields.put(HeaderField.NUMBER, BigInteger.valueOf(number).toByteArray());
    fields.put(HeaderField.EXTRA_DATA, BigInteger.valueOf(variant).toByteArray());
    fields.put(HeaderField.MIX_HASH, new byte[32]);
    fields.put(HeaderField.NONCE, new byte[8]);
    Header header = Header.of(fields);
    return new Block(header.head(), header, true, RawJson.of("{}"), Optional.empty());
  }
}
