package io.jethproxy.prepare;

import io.jethproxy.eth.Bloom;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which logs are wanted, with the meaning that geth gives to it: any of the addresses, and for each
 * position any of its topics; nothing named at a place means anything; a log with fewer topics than
 * the filter has positions is not wanted, even where those are open.
 */
public final class LogFilter {

  static final int TOPICS_MAX = 4;

  /** More at one place are for a provider to judge. */
  private static final int CHOICES_MAX = 1_000;

  /** More are not compared with a bloom one by one: they would take longer than what they save. */
  private static final int CHOICES_IN_BLOOM_MAX = 16;

  private static final int ADDRESS_LENGTH = 20;

  private final Set<Hash> addresses;
  private final List<Set<Hash>> topics;
  private final List<List<Bloom.Item>> items = new ArrayList<>();

  private LogFilter(Set<Hash> addresses, List<Set<Hash>> topics) {
    this.addresses = Set.copyOf(addresses);
    this.topics = List.copyOf(topics);
    addItems(addresses, Hash.LENGTH - ADDRESS_LENGTH);
    topics.forEach(choices -> addItems(choices, 0));
  }

  /**
   * Reads the filter object of {@code eth_getLogs}, leaving the blocks to others; empty when
   * something in it is not understood, so that only a provider can tell what it means.
   *
   * @param filter a valid JSON object
   */
  public static Optional<LogFilter> read(RawJson filter) {
    Members members = new Members();
    Slices.members(filter, members);
    Optional<Set<Hash>> addresses = addresses(members.address);
    Optional<List<Set<Hash>>> topics = topics(members.topics);
    return members.understood && addresses.isPresent() && topics.isPresent()
        ? Optional.of(new LogFilter(addresses.get(), topics.get()))
        : Optional.empty();
  }

  /** False when no log of a block with this bloom is wanted; true proves nothing. */
  public boolean mayMatch(Bloom bloom) {
    for (List<Bloom.Item> choices : items) {
      if (choices.stream().noneMatch(bloom::mayContain)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a log is wanted.
   *
   * @param log a log object as nodes give it
   */
  public boolean matches(RawJson log) {
    if (!addresses.isEmpty()
        && address(Slices.member(log, "address")).filter(addresses::contains).isEmpty()) {
      return false;
    }
    return topics.isEmpty() || matchesTopics(Slices.elements(Slices.member(log, "topics")));
  }

  private boolean matchesTopics(List<RawJson> given) {
    if (given.size() < topics.size()) {
      return false;
    }
    for (int i = 0; i < topics.size(); i++) {
      Set<Hash> choices = topics.get(i);
      if (!choices.isEmpty() && topic(given.get(i)).filter(choices::contains).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private void addItems(Set<Hash> choices, int from) {
    if (choices.isEmpty() || choices.size() > CHOICES_IN_BLOOM_MAX) {
      return;
    }
    items.add(
        choices.stream()
            .map(each -> Arrays.copyOfRange(each.bytes(), from, Hash.LENGTH))
            .map(Bloom.Item::of)
            .toList());
  }

  /** One address, several, or none that is named. */
  private static Optional<Set<Hash>> addresses(RawJson value) {
    if (value.isAbsent() || value.isNull()) {
      return Optional.of(Set.of());
    }
    if (value.first() != '[') {
      return address(value).map(Set::of);
    }
    Set<Hash> addresses = new HashSet<>();
    for (RawJson each : Slices.elements(value)) {
      Optional<Hash> address = address(each);
      if (address.isEmpty()) {
        return Optional.empty();
      }
      addresses.add(address.get());
    }
    return Optional.of(addresses).filter(LogFilter::isWithinBounds);
  }

  private static Optional<List<Set<Hash>>> topics(RawJson value) {
    List<Set<Hash>> topics = new ArrayList<>(TOPICS_MAX);
    if (!value.isAbsent() && !value.isNull() && value.first() != '[') {
      return Optional.empty();
    }
    for (RawJson each : Slices.elements(value)) {
      Optional<Set<Hash>> choices = choices(each);
      if (choices.isEmpty() || topics.size() == TOPICS_MAX) {
        return Optional.empty();
      }
      topics.add(choices.get());
    }
    return Optional.of(topics);
  }

  /** What one position may be: null among several opens it, as null alone does. */
  private static Optional<Set<Hash>> choices(RawJson value) {
    if (value.isNull()) {
      return Optional.of(Set.of());
    }
    if (value.first() != '[') {
      return topic(value).map(Set::of);
    }
    Set<Hash> choices = new HashSet<>();
    boolean isOpen = false;
    for (RawJson each : Slices.elements(value)) {
      Optional<Hash> topic = topic(each);
      isOpen |= each.isNull();
      if (topic.isEmpty() && !each.isNull()) {
        return Optional.empty();
      }
      topic.ifPresent(choices::add);
    }
    return Optional.of(isOpen ? Set.<Hash>of() : choices).filter(LogFilter::isWithinBounds);
  }

  private static boolean isWithinBounds(Set<Hash> choices) {
    return choices.size() <= CHOICES_MAX;
  }

  private static Optional<Hash> topic(RawJson value) {
    RawJson text = Slices.content(value);
    return Hash.read(text.bytes(), text.from(), text.to());
  }

  /** An address with zeros before it, so that it is as easily compared as a topic. */
  private static Optional<Hash> address(RawJson value) {
    RawJson text = Slices.content(value);
    return Hex.data(text.bytes(), text.from(), text.to())
        .filter(bytes -> bytes.length == ADDRESS_LENGTH)
        .map(bytes -> {
          byte[] padded = new byte[Hash.LENGTH];
          System.arraycopy(bytes, 0, padded, Hash.LENGTH - ADDRESS_LENGTH, ADDRESS_LENGTH);
          return Hash.of(padded, 0);
        });
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
