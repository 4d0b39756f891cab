package io.jethproxy.subscribe;

import io.jethproxy.chain.Block;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.LogFilter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which logs of one network anybody listens for, each filter once. From any thread. */
final class Wanted {

  private record Entry(LogFilter filter, int count) {}

  private final Map<Hash, Entry> entries = new ConcurrentHashMap<>();

  void add(Hash key, LogFilter filter) {
    entries.merge(key, new Entry(filter, 1), (one, _) -> new Entry(one.filter(), one.count() + 1));
  }

  void remove(Hash key) {
    entries.computeIfPresent(
        key, (_, one) -> one.count() == 1 ? null : new Entry(one.filter(), one.count() - 1));
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Whether a block can have logs that anybody wants. */
  boolean mayBeIn(Block block) {
    for (Entry entry : entries.values()) {
      if (entry.filter().mayMatch(block.bloom())) {
        return true;
      }
    }
    return false;
  }
}
