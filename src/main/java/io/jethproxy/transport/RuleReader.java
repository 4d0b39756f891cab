package io.jethproxy.transport;

import io.jethproxy.call.Trouble;
import io.jethproxy.transport.Rule.IntRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the rules, strictly: what it does not know is an error that names the row. */
final class RuleReader {

  private static final Set<String> WHEN_KEYS =
      Set.of("codes", "statuses", "kinds", "notKinds", "vendors", "body", "anyOf", "noneOf");

  private final JsonNode root;

  private RuleReader(JsonNode root) {
    this.root = root;
  }

  /**
   * Reads a whole file.
   *
   * @throws IllegalArgumentException when anything in it is unknown, doubled or out of place
   */
  static ErrorRules read(byte[] json) {
    return new RuleReader(JsonMapper.shared().readTree(json)).rules();
  }

  private ErrorRules rules() {
    onlyKeys(root, Set.of("about", "kinds", "results", "rules"), "file");
    Map<String, List<NamePattern>> kinds = new LinkedHashMap<>();
    root.path("kinds").propertyStream().forEach(e -> kinds.put(e.getKey(), names(e.getValue())));
    Map<ResultShape, List<NamePattern>> results = new EnumMap<>(ResultShape.class);
    root.path("results")
        .propertyStream()
        .forEach(e -> results.put(shape(e.getKey()), names(e.getValue())));
    List<Rule> rules = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (JsonNode node : root.path("rules")) {
      Rule rule = rule(node, kinds.keySet());
      if (!seen.add(rule.name())) {
        throw bad(rule.name(), "its name is used twice");
      }
      rules.add(rule);
    }
    if (rules.isEmpty() || !root.path("rules").path(rules.size() - 1).path("when").isEmpty()) {
      throw new IllegalArgumentException("the last rule has a condition (expected: none)");
    }
    return new ErrorRules(Map.copyOf(kinds), results, List.copyOf(rules));
  }

  private static Rule rule(JsonNode node, Set<String> kinds) {
    String name = node.path("name").asString("");
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a rule without a name: " + node);
    }
    try {
      onlyKeys(node, Set.of("name", "note", "when", "then"), "rule");
      return new Rule(name, when(node.path("when"), kinds), then(node.path("then")));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("rule \"" + name + "\": " + e.getMessage(), e);
    }
  }

  private static Rule.When when(JsonNode node, Set<String> kinds) {
    onlyKeys(node, WHEN_KEYS, "when");
    return new Rule.When(
        ranges(node.path("codes")),
        ranges(node.path("statuses")),
        known(node.path("kinds"), kinds),
        known(node.path("notKinds"), kinds),
        Set.copyOf(texts(node.path("vendors"))),
        body(node.path("body").asString("any")),
        each(node.path("anyOf"), Phrase::of),
        each(node.path("noneOf"), Phrase::of));
  }

  private static Set<String> known(JsonNode node, Set<String> kinds) {
    List<String> wanted = texts(node);
    for (String kind : wanted) {
      if (!kinds.contains(kind)) {
        throw new IllegalArgumentException(
            "kind \"" + kind + "\" (expected: one of " + kinds + ")");
      }
    }
    return Set.copyOf(wanted);
  }

  private static Rule.Then then(JsonNode node) {
    onlyKeys(node, Set.of("verdict", "trouble", "perMethod"), "then");
    String verdict = node.path("verdict").asString("");
    boolean elsewhere = verdict.equals("elsewhere");
    if (elsewhere != node.has("trouble") || (!elsewhere && node.has("perMethod"))) {
      throw new IllegalArgumentException("trouble and perMethod belong to elsewhere alone");
    }
    return switch (verdict) {
      case "serve" -> new Rule.Then.Serve();
      case "already_known" -> new Rule.Then.AlreadyKnown();
      case "nonce_too_low" -> new Rule.Then.NonceTooLow();
      case "elsewhere" ->
          new Rule.Then.Elsewhere(
              trouble(node.path("trouble").asString("")), node.path("perMethod").asBoolean(false));
      default ->
          throw new IllegalArgumentException(
              "verdict \""
                  + verdict
                  + "\" (expected: serve, already_known, nonce_too_low or elsewhere)");
    };
  }

  private static Trouble trouble(String name) {
    return constant(Trouble.values(), name, "trouble");
  }

  private static ResultShape shape(String name) {
    return constant(ResultShape.values(), name, "result");
  }

  private static Rule.Body body(String name) {
    return constant(Rule.Body.values(), name, "body");
  }

  /** The constant of that name; lower case and camel case are read as in {@code objectOrNull}. */
  private static <E extends Enum<E>> E constant(E[] values, String name, String what) {
    for (E value : values) {
      if (value.name().equals(name) || value.name().replace("_", "").equalsIgnoreCase(name)) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        what + " \"" + name + "\" (expected: one of " + Arrays.toString(values) + ")");
  }

  private static List<NamePattern> names(JsonNode node) {
    return each(node, NamePattern::of);
  }

  private static List<String> texts(JsonNode node) {
    return each(node, text -> text);
  }

  private static <T> List<T> each(JsonNode node, Function<String, T> reader) {
    List<T> list = new ArrayList<>();
    for (JsonNode element : node) {
      if (!element.isString()) {
        throw new IllegalArgumentException(element + " (expected: a string)");
      }
      list.add(reader.apply(element.asString()));
    }
    return List.copyOf(list);
  }

  /** Numbers, or ranges such as {@code "500..599"}. */
  private static List<IntRange> ranges(JsonNode node) {
    List<IntRange> ranges = new ArrayList<>();
    for (JsonNode element : node) {
      if (element.isInt()) {
        ranges.add(new IntRange(element.asInt(), element.asInt()));
      } else {
        ranges.add(range(element.asString("")));
      }
    }
    return List.copyOf(ranges);
  }

  private static IntRange range(String text) {
    int dots = text.indexOf("..");
    if (dots > 0) {
      try {
        int from = Integer.parseInt(text.substring(0, dots));
        int to = Integer.parseInt(text.substring(dots + 2));
        if (from < to) {
          return new IntRange(from, to);
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("range \"" + text + "\" (expected: as 500..599)", e);
      }
    }
    throw new IllegalArgumentException("range \"" + text + "\" (expected: as 500..599)");
  }

  private static void onlyKeys(JsonNode node, Set<String> known, String what) {
    if (!node.isObject()) {
      throw new IllegalArgumentException(what + " is missing (expected: an object)");
    }
    for (String key : node.propertyNames()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            "unknown key \"" + key + "\" in " + what + " (expected: one of " + known + ")");
      }
    }
  }

  private static IllegalArgumentException bad(String rule, String what) {
    return new IllegalArgumentException("rule \"" + rule + "\": " + what);
  }
}
