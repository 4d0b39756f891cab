package io.jethproxy.config;

import io.jethproxy.fleet.Secret;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads {@code RPC_PROVIDERS_HTTP} and {@code RPC_PROVIDERS_WS}: URLs between commas, blanks,
 * newlines; quotes do not count.
 */
final class ProviderList {

  private final String variable;
  private final Function<String, Optional<String>> complaints;
  private final Consumer<Problem> problems;
  private final Consumer<String> notices;

  /**
   * @param complaints what is wrong with a URL; empty when nothing is
   */
  private ProviderList(
      String variable,
      Function<String, Optional<String>> complaints,
      Consumer<Problem> problems,
      Consumer<String> notices) {
    this.variable = variable;
    this.complaints = complaints;
    this.problems = problems;
    this.notices = notices;
  }

  static List<ProviderConfig> read(
      String text, Consumer<Problem> problems, Consumer<String> notices) {
    return new ProviderList(Config.PROVIDERS, ProviderUrl::complaint, problems, notices)
        .urls(text).stream().map(ProviderConfig::of).toList();
  }

  static List<Secret> readSockets(
      String text, Consumer<Problem> problems, Consumer<String> notices) {
    return new ProviderList(Config.SOCKETS, ProviderUrl::complaintOfSocket, problems, notices)
        .urls(text);
  }

  private List<Secret> urls(String text) {
    List<String> items =
        Arrays.stream(text.split("[,\\s]+", -1))
            .map(item -> item.replaceAll("^[\"']+|[\"']+$", ""))
            .filter(item -> !item.isEmpty())
            .toList();
    if (items.isEmpty()) {
      complain("no URL in it (expected: URLs between commas)");
    }
    Map<String, Integer> positions = new LinkedHashMap<>();
    List<Secret> urls = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      String url = items.get(i);
      int position = i + 1;
      Optional<String> complaint = complaints.apply(url);
      Integer earlier = positions.putIfAbsent(url, position);
      if (complaint.isPresent()) {
        complain("item " + position + " of " + items.size() + ": " + complaint.get());
      } else if (earlier != null) {
        notices.accept(
            variable + ": item " + position + " is the same as " + earlier + "; used once");
      } else {
        urls.add(new Secret(url));
      }
    }
    return urls;
  }

  private void complain(String message) {
    problems.accept(Environment.problem(variable, message));
  }
}
