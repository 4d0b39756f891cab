package io.jethproxy.server;

import io.jethproxy.subscribe.Numbers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the status page says of those who listen. */
final class SubscriptionStatus {

  private static final double NANOS_PER_MILLI = 1e6;

  private SubscriptionStatus() {}

  static List<Map<String, Object>> of(List<Numbers> numbers) {
    return numbers.stream().map(SubscriptionStatus::of).toList();
  }

  private static Map<String, Object> of(Numbers numbers) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("network", numbers.network());
    json.put("open", numbers.open());
    json.put("told", numbers.told());
    json.put("lost", numbers.lost());
    json.put("logsWait", numbers.isWaiting());
    Map<String, Object> fanOuts = new LinkedHashMap<>();
    numbers.fanOuts().forEach(each -> fanOuts.put(each.kind(), of(each)));
    json.put("fanOut", fanOuts);
    return json;
  }

  private static Map<String, Object> of(Numbers.FanOut fanOut) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("blocks", fanOut.counts().stream().mapToLong(Long::longValue).sum());
    json.put("lastMillis", fanOut.lastNanos() / NANOS_PER_MILLI);
    json.put("worstMillis", fanOut.worstNanos() / NANOS_PER_MILLI);
    return json;
  }
}
