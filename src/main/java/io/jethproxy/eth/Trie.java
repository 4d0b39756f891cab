package io.jethproxy.eth;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The root of the Merkle Patricia trie that commits a block to its transactions, receipts or
 * withdrawals: the values under the RLP of their index.
 *
 * <p>The keys are sorted by their half bytes, so that every node of the trie is a run of neighbours
 * that share the half bytes above it. A run of one is a leaf; a run that shares more is an
 * extension; any other is a branch, split by the next half byte. A node is referred to by its own
 * encoding when that is shorter than a hash, else by its hash. Source: Ethereum yellow paper,
 * appendix D.
 */
public final class Trie {

  /** The root of a trie without values. */
  public static final Hash EMPTY_ROOT = Keccak.hash(Rlp.string(new byte[0]));

  private static final byte[] NOTHING = Rlp.string(new byte[0]);
  private static final int BRANCHES = 16;

  private Trie() {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(byte[] path, byte[] value) {}

  /** The root over the values in their order. */
  public static Hash rootOf(List<byte[]> values) {
    if (values.isEmpty()) {
      return EMPTY_ROOT;
    }
    List<Entry> entries = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      entries.add(new Entry(halfBytes(Rlp.quantity(i)), values.get(i)));
    }
    entries.sort(Comparator.comparing(Entry::path, Arrays::compareUnsigned));
    return Keccak.hash(node(entries, 0));
  }

  /** The encoding of the node for entries that share the first {@code depth} half bytes. */
  private static byte[] node(List<Entry> run, int depth) {
    byte[] first = run.getFirst().path();
    if (run.size() == 1) {
      byte[] rest = compact(first, depth, first.length, true);
      return Rlp.list(List.of(Rlp.string(rest), Rlp.string(run.getFirst().value())));
    }
    // The run is sorted: what the first and the last share, all share.
    int shared = Arrays.mismatch(first, run.getLast().path());
    if (shared > depth) {
      byte[] path = compact(first, depth, shared, false);
      return Rlp.list(List.of(Rlp.string(path), reference(branch(run, shared))));
    }
    return branch(run, depth);
  }

  private static byte[] branch(List<Entry> run, int depth) {
    List<byte[]> items = new ArrayList<>(BRANCHES + 1);
    int from = 0;
    for (int half = 0; half < BRANCHES; half++) {
      int to = from;
      while (to < run.size() && run.get(to).path()[depth] == half) {
        to++;
      }
      items.add(from == to ? NOTHING : reference(node(run.subList(from, to), depth + 1)));
      from = to;
    }
    items.add(NOTHING); // no RLP of an index is the beginning of another
    return Rlp.list(items);
  }

  private static byte[] reference(byte[] node) {
    return node.length < Hash.LENGTH ? node : Rlp.string(Keccak.hash(node).bytes());
  }

  /** Half bytes packed in pairs, with a flag for leaves and for an odd number in front. */
  private static byte[] compact(byte[] path, int from, int to, boolean leaf) {
    int odd = (to - from) % 2;
    byte[] packed = new byte[(to - from) / 2 + 1];
    packed[0] = (byte) ((leaf ? 0x20 : 0) | (odd == 1 ? 0x10 | path[from] : 0));
    for (int i = from + odd, at = 1; i < to; i += 2) {
      packed[at++] = (byte) (path[i] << 4 | path[i + 1]);
    }
    return packed;
  }

  static byte[] halfBytes(byte[] bytes) {
    byte[] halves = new byte[2 * bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      halves[2 * i] = (byte) (bytes[i] >> 4 & 0xf);
      halves[2 * i + 1] = (byte) (bytes[i] & 0xf);
    }
    return halves;
  }
}
