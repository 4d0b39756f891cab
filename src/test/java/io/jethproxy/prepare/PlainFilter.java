package io.jethproxy.prepare;

import tools.jackson.databind.JsonNode;

/** What a filter means, written down without a thought of speed. */
final class PlainFilter {

  private PlainFilter() {}

  static boolean wants(JsonNode filter, JsonNode log) {
    if (!wants(filter.path("address"), log.path("address").asString())) {
      return false;
    }
    JsonNode topics = filter.path("topics");
    if (topics.size() > log.path("topics").size()) {
      return false;
    }
    for (int i = 0; i < topics.size(); i++) {
      if (!wants(topics.get(i), log.path("topics").get(i).asString())) {
        return false;
      }
    }
    return true;
  }

  private static boolean wants(JsonNode choices, String value) {
    if (choices.isArray()) {
      return choices.isEmpty()
          || choices.valueStream().anyMatch(each -> each.isNull() || each.asString().equals(value));
    }
    return choices.isNull() || choices.isMissingNode() || choices.asString().equals(value);
  }
}
