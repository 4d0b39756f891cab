package io.jethproxy.verify;

import io.jethproxy.eth.Bloom;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which logs were asked for: those that have one of the alternatives in each place.
 *
 * @param addresses hex text in lower case, without quotes; any when empty
 * @param topics by position; any when empty
 */
record LogFilter(Set<RawJson> addresses, List<Set<RawJson>> topics) {

  /** Empty when the filter is not as expected, so that nothing can be said of what fits. */
  static Optional<LogFilter> read(RawJson filter) {
    if (filter.first() != '{') {
      return Optional.empty();
    }
    Fields fields = new Fields();
    Slices.members(filter, fields);
    Optional<Set<RawJson>> addresses = alternatives(fields.address);
    boolean hasTopics = fields.topics.first() == '[';
    if (addresses.isEmpty() || !(hasTopics || isAbsent(fields.topics))) {
      return Optional.empty();
    }
    List<Set<RawJson>> topics = new ArrayList<>(4);
    for (RawJson each : Slices.elements(fields.topics)) {
      Optional<Set<RawJson>> position = alternatives(each);
      if (position.isEmpty()) {
        return Optional.empty();
      }
      topics.add(position.get());
    }
    return Optional.of(new LogFilter(addresses.get(), topics));
  }

  /**
   * Whether a log is wanted.
   *
   * @param address of the log, valid JSON, as its topics are
   */
  boolean fits(RawJson address, RawJson logTopics) {
    if (!isOneOf(address, addresses)) {
      return false;
    }
    for (int i = 0; i < topics.size(); i++) {
      RawJson topic = Slices.element(logTopics, i);
      if (topic.isAbsent() || !isOneOf(topic, topics.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** The bits to look for in blooms, by place; places where anything fits are left out. */
  List<List<Bloom.Item>> items() {
    List<List<Bloom.Item>> items = new ArrayList<>(5);
    addItems(items, addresses);
    topics.forEach(position -> addItems(items, position));
    return items;
  }

  private static void addItems(List<List<Bloom.Item>> items, Set<RawJson> alternatives) {
    if (!alternatives.isEmpty()) {
      items.add(
          alternatives.stream()
              .flatMap(text -> HexText.data(text).stream())
              .map(Bloom.Item::of)
              .toList());
    }
  }

  private static boolean isOneOf(RawJson value, Set<RawJson> alternatives) {
    return alternatives.isEmpty() || alternatives.contains(HexText.lower(Slices.content(value)));
  }

  /** One string, several, or none; null among several means anything. */
  private static Optional<Set<RawJson>> alternatives(RawJson value) {
    if (isAbsent(value)) {
      return Optional.of(Set.of());
    }
    Set<RawJson> texts = new HashSet<>();
    for (RawJson each : value.first() == '[' ? Slices.elements(value) : List.of(value)) {
      if (each.isNull()) {
        return Optional.of(Set.of());
      }
      RawJson text = Slices.content(each);
      if (HexText.data(text).isEmpty()) {
        return Optional.empty();
      }
      texts.add(HexText.lower(text));
    }
    return Optional.of(texts);
  }

  private static boolean isAbsent(RawJson value) {
    return value.isAbsent() || value.isNull();
  }

  private static final class Fields implements Slices.Members {
    private RawJson address = RawJson.ABSENT;
    private RawJson topics = RawJson.ABSENT;

    @Override
    public void see(RawJson key, RawJson value) {
      if (key.is("address")) {
        address = value;
      } else if (key.is("topics")) {
        topics = value;
      }
    }
  }
}
