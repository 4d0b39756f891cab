package io.jethproxy.subscribe;

import io.jethproxy.call.Ticker;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All filters of the gateway by their ids, which cannot be guessed; bounded, and each forgotten
 * when nobody asks for it. From any thread: a short lock for all.
 */
final class FilterStore {

  private static final int ID_BYTES = 16;

  private final Filters.Config config;
  private final Ticker ticker;
  private final SecureRandom random = new SecureRandom();

  /** The one that was not asked for the longest comes first. */
  private final LinkedHashMap<String, Filter> filters = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<Filter.Owner, Integer> counts = new HashMap<>();
  private long bytes;

  FilterStore(Filters.Config config, Ticker ticker) {
    this.config = config;
    this.ticker = ticker;
  }

  /** Keeps a filter; gives its id, or nothing when there are too many. */
  synchronized Optional<String> add(Filter filter) {
    forgetIdle();
    int ofOwner = counts.getOrDefault(filter.owner(), 0);
    if (filters.size() >= config.countMax()
        || ofOwner >= config.perCallerMax()
        || bytes + filter.bytes() > config.bytesMax()) {
      return Optional.empty();
    }
    String id = newId();
    filter.used(ticker.nanos());
    filters.put(id, filter);
    counts.put(filter.owner(), ofOwner + 1);
    bytes += filter.bytes();
    return Optional.of(id);
  }

  /** The owner's filter, which is thereby used. */
  synchronized Optional<Filter> find(Filter.Owner owner, String id) {
    forgetIdle();
    Filter filter = filters.get(id);
    if (filter == null || !filter.owner().equals(owner)) {
      return Optional.empty();
    }
    filter.used(ticker.nanos());
    return Optional.of(filter);
  }

  /** Forgets the owner's filter; false when there is none. */
  synchronized boolean remove(Filter.Owner owner, String id) {
    boolean isThere = find(owner, id).isPresent();
    if (isThere) {
      Filter gone = filters.remove(id);
      if (gone != null) {
        forgotten(gone);
      }
    }
    return isThere;
  }

  /** Whether anybody has a filter of this network. */
  synchronized boolean isAnyOf(long chainId) {
    forgetIdle();
    return counts.keySet().stream().anyMatch(owner -> owner.chainId() == chainId);
  }

  private void forgetIdle() {
    Iterator<Filter> eldest = filters.values().iterator();
    while (eldest.hasNext()) {
      Filter filter = eldest.next();
      if (ticker.nanos() - filter.usedNanos() < config.idle().toNanos()) {
        return;
      }
      eldest.remove();
      forgotten(filter);
    }
  }

  private void forgotten(Filter filter) {
    bytes -= filter.bytes();
    counts.computeIfPresent(filter.owner(), (_, count) -> count == 1 ? null : count - 1);
  }

  /** 128 bits, as a quantity without leading zeros: some clients read it as a number. */
  private String newId() {
    byte[] id = new byte[ID_BYTES];
    do {
      random.nextBytes(id);
    } while ((id[0] & 0xf0) == 0);
    return "0x" + HexFormat.of().formatHex(id);
  }
}
