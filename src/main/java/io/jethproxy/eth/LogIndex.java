package io.jethproxy.eth;

import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The logs of one block by their addresses and topics, so that thousands of filters are answered
 * with a look at what each names instead of at every log. Immutable, for use by all loops.
 */
public final class LogIndex {

  private record Entry(int place, RawJson log, RawJson address, RawJson topics) {}

  private final List<Entry> entries;
  private final Map<RawJson, List<Entry>> byAddress = new HashMap<>();
  private final List<Map<RawJson, List<Entry>>> byTopic = new ArrayList<>(LogFilter.TOPICS_MAX);

  private LogIndex(List<Entry> entries) {
    this.entries = entries;
    for (int i = 0; i < LogFilter.TOPICS_MAX; i++) {
      byTopic.add(new HashMap<>());
    }
    entries.forEach(this::file);
  }

  /**
   * Reads the logs of a block.
   *
   * @param logs log objects as nodes give them, in order
   */
  public static LogIndex of(List<RawJson> logs) {
    List<Entry> entries = new ArrayList<>(logs.size());
    for (RawJson log : logs) {
      entries.add(
          new Entry(
              entries.size(), log, Slices.member(log, "address"), Slices.member(log, "topics")));
    }
    return new LogIndex(entries);
  }

  private void file(Entry entry) {
    file(byAddress, entry.address(), entry);
    List<RawJson> topics = Slices.elements(entry.topics());
    for (int i = 0; i < Math.min(topics.size(), LogFilter.TOPICS_MAX); i++) {
      file(byTopic.get(i), topics.get(i), entry);
    }
  }

  private static void file(Map<RawJson, List<Entry>> map, RawJson name, Entry entry) {
    map.computeIfAbsent(HexText.lower(Slices.content(name)), _ -> new ArrayList<>(2)).add(entry);
  }

  /** The places of the logs that a filter wants, ascending. */
  public List<Integer> matching(LogFilter filter) {
    List<Integer> places = new ArrayList<>();
    for (Entry entry : candidates(filter)) {
      if (filter.matches(entry.address(), entry.topics())) {
        places.add(entry.place());
      }
    }
    return places;
  }

  /** The log at a place. */
  public RawJson log(int place) {
    return entries.get(place).log();
  }

  /** How many logs there are. */
  public int size() {
    return entries.size();
  }

  /** Those that have what the filter names first. */
  private List<Entry> candidates(LogFilter filter) {
    if (!filter.addresses().isEmpty()) {
      return any(byAddress, filter.addresses());
    }
    for (int i = 0; i < filter.topics().size(); i++) {
      if (!filter.topics().get(i).isEmpty()) {
        return any(byTopic.get(i), filter.topics().get(i));
      }
    }
    return entries;
  }

  private static List<Entry> any(Map<RawJson, List<Entry>> map, Set<RawJson> names) {
    List<Entry> found = new ArrayList<>();
    for (RawJson name : names) {
      found.addAll(map.getOrDefault(name, List.of()));
    }
    if (names.size() > 1) {
      found.sort(Comparator.comparingInt(Entry::place));
    }
    return found;
  }
}
