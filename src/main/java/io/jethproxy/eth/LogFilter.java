package io.jethproxy.eth;

import io.jethproxy.rpc.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which logs are wanted, with the meaning that geth gives to it: any of the addresses, and for each
 * position any of its topics; nothing named at a place means anything; a log with fewer topics than
 * the filter has positions is not wanted, even where those are open. Immutable, for use by all
 * loops.
 */
public final class LogFilter {

  public static final int TOPICS_MAX = 4;

  /** More at one place are for a provider to judge. */
  private static final int CHOICES_MAX = 1_000;

  /** More are not compared with a bloom one by one: they would take longer than what they save. */
  private static final int CHOICES_IN_BLOOM_MAX = 16;

  private static final int ADDRESS_LENGTH = 20;

  private final Set<RawJson> addresses;
  private final List<Set<RawJson>> topics;
  private @Nullable List<List<Bloom.Item>> items;

  private LogFilter(Set<RawJson> addresses, List<Set<RawJson>> topics) {
    this.addresses = Set.copyOf(addresses);
    this.topics = List.copyOf(topics);
  }

  /**
   * Reads the filter object of {@code eth_getLogs}, leaving the blocks to others; empty when
   * something in it is not understood, so that only a provider can tell what it means.
   *
   * @param filter valid JSON
   */
  public static Optional<LogFilter> read(RawJson filter) {
    if (filter.first() != '{') {
      return Optional.empty();
    }
    Members members = new Members();
    Slices.members(filter, members);
    Optional<Set<RawJson>> addresses = addresses(members.address);
    Optional<List<Set<RawJson>>> topics = topics(members.topics);
    return members.understood && addresses.isPresent() && topics.isPresent()
        ? Optional.of(new LogFilter(addresses.get(), topics.get()))
        : Optional.empty();
  }

  /** The addresses, any of which is wanted: hex in lower case without quotes; all when empty. */
  public Set<RawJson> addresses() {
    return addresses;
  }

  /** By position, the topics of which any is wanted: as the addresses; all when empty. */
  public List<Set<RawJson>> topics() {
    return topics;
  }

  /** The same for all spellings of the same filter, and for no other filter. */
  public Hash key() {
    StringBuilder text = new StringBuilder();
    append(text, addresses);
    topics.forEach(choices -> append(text.append('/'), choices));
    return Keccak.hash(text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private static void append(StringBuilder text, Set<RawJson> choices) {
    choices.stream().map(RawJson::text).sorted().forEach(one -> text.append(one).append(','));
  }

  /** False when no log of a block with this bloom is wanted; true proves nothing. */
  public boolean mayMatch(Bloom bloom) {
    for (List<Bloom.Item> choices : items()) {
      if (choices.size() <= CHOICES_IN_BLOOM_MAX && choices.stream().noneMatch(bloom::mayContain)) {
        return false;
      }
    }
    return true;
  }

  /** What to look for in blooms, by place; places where anything is wanted are left out. */
  public List<List<Bloom.Item>> items() {
    List<List<Bloom.Item>> known = items;
    if (known == null) {
      List<List<Bloom.Item>> made = new ArrayList<>(1 + TOPICS_MAX);
      addItems(made, addresses);
      topics.forEach(choices -> addItems(made, choices));
      known = List.copyOf(made);
      items = known;
    }
    return known;
  }

  private static void addItems(List<List<Bloom.Item>> items, Set<RawJson> choices) {
    if (!choices.isEmpty()) {
      items.add(
          choices.stream()
              .flatMap(text -> Hex.data(text.bytes(), text.from(), text.to()).stream())
              .map(Bloom.Item::of)
              .toList());
    }
  }

  /**
   * Whether a log is wanted.
   *
   * @param log a log object as nodes give it
   */
  public boolean matches(RawJson log) {
    RawJson address = addresses.isEmpty() ? RawJson.ABSENT : Slices.member(log, "address");
    RawJson own = topics.isEmpty() ? RawJson.ABSENT : Slices.member(log, "topics");
    return matches(address, own);
  }

  /** Whether a log of this address with this array of topics is wanted. */
  boolean matches(RawJson address, RawJson logTopics) {
    if (!wantsAddress(address)) {
      return false;
    }
    for (int i = 0; i < topics.size(); i++) {
      if (!wantsTopic(i, Slices.element(logTopics, i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether logs of this address are wanted, whatever their topics. */
  public boolean wantsAddress(RawJson address) {
    return isOneOf(address, addresses);
  }

  /**
   * Whether logs with this topic are wanted, whatever else they have.
   *
   * @param place less than the size of {@link #topics}
   * @param topic absent when the log has fewer
   */
  public boolean wantsTopic(int place, RawJson topic) {
    return !topic.isAbsent() && isOneOf(topic, topics.get(place));
  }

  private static boolean isOneOf(RawJson value, Set<RawJson> choices) {
    return choices.isEmpty() || choices.contains(HexText.lower(Slices.content(value)));
  }

  /** One address, several, or none that is named. */
  private static Optional<Set<RawJson>> addresses(RawJson value) {
    if (value.isAbsent() || value.isNull()) {
      return Optional.of(Set.of());
    }
    Set<RawJson> addresses = new HashSet<>();
    for (RawJson each : value.first() == '[' ? Slices.elements(value) : List.of(value)) {
      if (!isData(each, ADDRESS_LENGTH)) {
        return Optional.empty();
      }
      addresses.add(HexText.lowered(Slices.content(each)));
    }
    return Optional.of(addresses).filter(LogFilter::isWithinBounds);
  }

  private static Optional<List<Set<RawJson>>> topics(RawJson value) {
    List<Set<RawJson>> topics = new ArrayList<>(TOPICS_MAX);
    if (!value.isAbsent() && !value.isNull() && value.first() != '[') {
      return Optional.empty();
    }
    for (RawJson each : Slices.elements(value)) {
      Optional<Set<RawJson>> choices = choices(each);
      if (choices.isEmpty() || topics.size() == TOPICS_MAX) {
        return Optional.empty();
      }
      topics.add(choices.get());
    }
    return Optional.of(topics);
  }

  /** What one position may be: null among several opens it, as null alone does. */
  private static Optional<Set<RawJson>> choices(RawJson value) {
    Set<RawJson> choices = new HashSet<>();
    boolean isOpen = false;
    for (RawJson each : value.first() == '[' ? Slices.elements(value) : List.of(value)) {
      if (each.isNull()) {
        isOpen = true;
      } else if (isData(each, Hash.LENGTH)) {
        choices.add(HexText.lowered(Slices.content(each)));
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(isOpen ? Set.<RawJson>of() : choices).filter(LogFilter::isWithinBounds);
  }

  private static boolean isWithinBounds(Set<RawJson> choices) {
    return choices.size() <= CHOICES_MAX;
  }

  private static boolean isData(RawJson value, int length) {
    return Slices.data(value).filter(bytes -> bytes.length == length).isPresent();
  }

  /** Keys that are written twice, or are not known, may mean anything. */
  private static final class Members implements Slices.Members {
    private RawJson address = RawJson.ABSENT;
    private RawJson topics = RawJson.ABSENT;
    private boolean understood = true;

    @Override
    public void see(RawJson key, RawJson value) {
      if (key.is("address")) {
        understood &= address.isAbsent();
        address = value;
      } else if (key.is("topics")) {
        understood &= topics.isAbsent();
        topics = value;
      } else {
        understood &= key.is("fromBlock") || key.is("toBlock") || key.is("blockHash");
      }
    }
  }
}
