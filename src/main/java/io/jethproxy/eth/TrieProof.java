package io.jethproxy.eth;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Merkle proof of what a state trie holds under a key: the nodes from the root down to the value,
 * or to the place where it would be. Source: Ethereum yellow paper, appendix D.
 */
public final class TrieProof {

  private static final int BRANCHES = 16;
  private static final int LEAF_FLAG = 2;

  private final Hash root;
  private final Map<Hash, byte[]> nodes = new HashMap<>();

  /**
   * @param nodes encoded, in any order
   */
  public TrieProof(Hash root, List<byte[]> nodes) {
    this.root = root;
    nodes.forEach(node -> this.nodes.put(Keccak.hash(node), node));
  }

  /**
   * What is proved of a key.
   *
   * @param value encoded; empty when nothing is there
   */
  public record Proved(Optional<byte[]> value) {}

  private static final Optional<Proved> ABSENT = Optional.of(new Proved(Optional.empty()));

  /**
   * What the trie holds for a key, of which it knows the hash only; empty when the nodes do not
   * prove anything.
   */
  public Optional<Proved> of(byte[] key) {
    if (root.equals(Trie.EMPTY_ROOT)) {
      return ABSENT;
    }
    byte[] top = nodes.get(root);
    try {
      return top == null
          ? Optional.empty()
          : below(top, Trie.halfBytes(Keccak.hash(key).bytes()), 0);
    } catch (IllegalArgumentException notRlp) {
      return Optional.empty();
    }
  }

  /** What a node says of a path whose first half bytes led to it. */
  private Optional<Proved> below(byte[] node, byte[] path, int at) {
    List<byte[]> items = Rlp.elements(Rlp.payload(node));
    return switch (items.size()) {
      case BRANCHES + 1 ->
          at < path.length ? behind(items.get(path[at]), path, at + 1) : Optional.empty();
      case 2 -> along(items, Trie.halfBytes(Rlp.payload(items.getFirst())), path, at);
      default -> Optional.empty();
    };
  }

  /** Of a leaf or extension: its own part of the path begins with a flag. */
  private Optional<Proved> along(List<byte[]> items, byte[] part, byte[] path, int at) {
    if (part.length == 0) {
      return Optional.empty();
    }
    int flag = part[0];
    int from = flag % 2 == 1 ? 1 : 2;
    int end = at + part.length - from;
    if (end > path.length || !Arrays.equals(path, at, end, part, from, part.length)) {
      return ABSENT;
    }
    if (flag >= LEAF_FLAG) {
      return Optional.of(new Proved(Optional.of(Rlp.payload(items.getLast()))))
          .filter(_ -> end == path.length);
    }
    return end == at ? Optional.empty() : behind(items.getLast(), path, end);
  }

  /** Of a reference: a node itself when it is short, else its hash. */
  private Optional<Proved> behind(byte[] reference, byte[] path, int at) {
    Rlp.Item item = Rlp.itemAt(reference, 0);
    if (item.isList()) {
      return below(reference, path, at);
    }
    if (item.to() == item.from()) {
      return ABSENT;
    }
    byte[] node =
        item.to() - item.from() == Hash.LENGTH ? nodes.get(Hash.of(reference, item.from())) : null;
    return node == null ? Optional.empty() : below(node, path, at);
  }
}
