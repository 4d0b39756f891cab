package io.jethproxy.logs;

import io.jethproxy.eth.Hex;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Which logs are looked for, in the one spelling in which all parts of all questions ask for them.
 *
 * @param addresses hex without quotes, in order; all when empty
 * @param topics by position, as the addresses
 */
record Query(List<RawJson> addresses, List<List<RawJson>> topics) {

  Query {
    addresses = List.copyOf(addresses);
    topics = List.copyOf(topics);
  }

  static Query of(LogFilter filter) {
    return new Query(
        sorted(filter.addresses()), filter.topics().stream().map(Query::sorted).toList());
  }

  private static List<RawJson> sorted(Collection<RawJson> texts) {
    return texts.stream().sorted(Comparator.comparing(RawJson::text)).toList();
  }

  /** The params of {@code eth_getLogs} for these blocks. */
  RawJson params(Span span) {
    return params(
        "\"fromBlock\":\"%s\",\"toBlock\":\"%s\""
            .formatted(Hex.quantity(span.from()), Hex.quantity(span.to())));
  }

  /** The params of {@code eth_getLogs} with members that say of which blocks. */
  RawJson params(String blocks) {
    StringBuilder json = new StringBuilder("[{").append(blocks);
    if (!addresses.isEmpty()) {
      append(json.append(",\"address\":"), addresses);
    }
    if (!topics.isEmpty()) {
      json.append(",\"topics\":[");
      for (int i = 0; i < topics.size(); i++) {
        append(json.append(i == 0 ? "" : ","), topics.get(i));
      }
      json.append(']');
    }
    return RawJson.of(json.append("}]").toString());
  }

  private static void append(StringBuilder json, List<RawJson> choices) {
    if (choices.isEmpty()) {
      json.append("null");
      return;
    }
    boolean isOne = choices.size() == 1;
    json.append(isOne ? "" : "[");
    for (int i = 0; i < choices.size(); i++) {
      json.append(i == 0 ? "\"" : ",\"").append(choices.get(i).text()).append('"');
    }
    json.append(isOne ? "" : "]");
  }

  /**
   * Two that find together what this one finds, and nothing twice: half of the addresses each, or
   * half of the topics of a position. Empty when it has no alternatives.
   */
  List<Query> halves() {
    if (addresses.size() > 1) {
      return List.of(
          new Query(firstHalf(addresses), topics), new Query(secondHalf(addresses), topics));
    }
    for (int i = 0; i < topics.size(); i++) {
      if (topics.get(i).size() > 1) {
        return List.of(
            withTopics(i, firstHalf(topics.get(i))), withTopics(i, secondHalf(topics.get(i))));
      }
    }
    return List.of();
  }

  private Query withTopics(int position, List<RawJson> choices) {
    List<List<RawJson>> changed = new ArrayList<>(topics);
    changed.set(position, choices);
    return new Query(addresses, changed);
  }

  private static List<RawJson> firstHalf(List<RawJson> all) {
    return all.subList(0, all.size() / 2);
  }

  private static List<RawJson> secondHalf(List<RawJson> all) {
    return all.subList(all.size() / 2, all.size());
  }
}
