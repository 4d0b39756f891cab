package io.jethproxy.config;

import io.jethproxy.fleet.Secret;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads {@code RPC_PROVIDERS_HTTP}: URLs between commas, blanks, newlines; quotes do not count. */
final class ProviderList {

  private ProviderList() {}

  static List<ProviderConfig> read(
      String text, Consumer<Problem> problems, Consumer<String> notices) {
    List<String> items =
        Arrays.stream(text.split("[,\\s]+", -1))
            .map(item -> item.replaceAll("^[\"']+|[\"']+$", ""))
            .filter(item -> !item.isEmpty())
            .toList();
    if (items.isEmpty()) {
      complain(problems, "no URL in it (expected: URLs between commas)");
    }
    Map<String, Integer> positions = new LinkedHashMap<>();
    List<ProviderConfig> providers = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      String url = items.get(i);
      int position = i + 1;
      Optional<String> complaint = ProviderUrl.complaint(url);
      Integer earlier = positions.putIfAbsent(url, position);
      if (complaint.isPresent()) {
        complain(problems, "item " + position + " of " + items.size() + ": " + complaint.get());
      } else if (earlier != null) {
        notices.accept(
            Config.PROVIDERS + ": item " + position + " is the same as " + earlier + "; used once");
      } else {
        providers.add(ProviderConfig.of(new Secret(url)));
      }
    }
    return providers;
  }

  private static void complain(Consumer<Problem> problems, String message) {
    problems.accept(Environment.problem(Config.PROVIDERS, message));
  }
}
