package io.jethproxy.demo;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Log;
import io.jethproxy.eth.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Which logs are wanted.
 *
 * @param addresses any of these; all when empty
 * @param topics for each position any of these; all when empty
 */
record LogFilter(Set<String> addresses, List<Set<String>> topics) {

  static LogFilter of(JsonNode filter) {
    List<Set<String>> topics = new ArrayList<>();
    filter.path("topics").forEach(each -> topics.add(texts(each)));
    return new LogFilter(texts(filter.path("address")), topics);
  }

  /** Adds the logs of a block that are wanted. */
  void addTo(ArrayNode found, DemoBlock block) {
    int logIndex = 0;
    for (int i = 0; i < block.receipts().size(); i++) {
      Receipt receipt = block.receipts().get(i);
      for (Log log : receipt.logs()) {
        if (wants(log)) {
          found.add(DemoJson.log(block, i, logIndex, log));
        }
        logIndex++;
      }
    }
  }

  private boolean wants(Log log) {
    if (!addresses.isEmpty() && !addresses.contains(Hex.text(log.address()))) {
      return false;
    }
    if (topics.size() > log.topics().size()) {
      return false;
    }
    for (int i = 0; i < topics.size(); i++) {
      Hash topic = log.topics().get(i);
      if (!topics.get(i).isEmpty() && !topics.get(i).contains(topic.toString())) {
        return false;
      }
    }
    return true;
  }

  /** One text, several, or none. */
  private static Set<String> texts(JsonNode value) {
    return (value.isArray() ? value.valueStream() : java.util.stream.Stream.of(value))
        .filter(JsonNode::isString)
        .map(each -> each.asString().toLowerCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }
}
