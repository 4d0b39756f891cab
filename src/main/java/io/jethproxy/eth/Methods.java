package io.jethproxy.eth;

import io.jethproxy.eth.MethodSpec.BlockParam;
import io.jethproxy.eth.MethodSpec.Caching;
import io.jethproxy.eth.MethodSpec.Effect;
import io.jethproxy.eth.MethodSpec.Exposure;
import io.jethproxy.eth.MethodSpec.Need;
import io.jethproxy.eth.MethodSpec.Pace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What is known of the JSON-RPC methods, from {@code eth-methods.json}. Immutable; nothing is kept
 * of unknown names.
 *
 * <p>A name without a row of its own is a careful read, unless a rule of the file is stricter: the
 * strictest rule that matches, in any case of letters, holds. Nodes tell letters apart, so a known
 * name in other letters is nobody's method and denied, as is a name with a character that no method
 * has: no spelling gets around a denial.
 */
public final class Methods {

  /** Longer than any method; names beyond it are denied. */
  private static final int NAME_LENGTH_MAX = 100;

  private final Map<String, MethodSpec> byName;
  private final Set<String> lowerCaseNames;
  private final List<MethodRule> rules;

  private Methods(Map<String, MethodSpec> byName, List<MethodRule> rules) {
    this.byName = Map.copyOf(byName);
    this.rules = List.copyOf(rules);
    Set<String> lower = new HashSet<>();
    byName.keySet().forEach(name -> lower.add(name.toLowerCase(Locale.ROOT)));
    this.lowerCaseNames = Set.copyOf(lower);
  }

  /** Reads the resource. */
  public static Methods load() {
    Map<String, MethodSpec> byName = new HashMap<>();
    List<MethodRule> rules = new ArrayList<>();
    for (JsonNode row : DataFile.rows("eth-methods.json")) {
      MethodSpec spec = read(row);
      if (MethodRule.isPattern(spec.name())) {
        rules.add(MethodRule.of(spec.name(), spec));
      } else if (byName.put(spec.name(), spec) != null) {
        throw new IllegalStateException("eth-methods.json: " + spec.name() + " twice");
      }
    }
    return new Methods(byName, rules);
  }

  /** What is known of the method with exactly this name. */
  public MethodSpec of(String name) {
    MethodSpec known = byName.get(name);
    return known != null ? known : unknown(name);
  }

  /** Whether the method has a row of its own, so that its name may be a label. */
  public boolean knows(String name) {
    return byName.containsKey(name);
  }

  /** Every method that has a row of its own, in no order. */
  public Iterable<MethodSpec> known() {
    return byName.values();
  }

  private MethodSpec unknown(String name) {
    if (!isPlausible(name)) {
      return denied(name);
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (lowerCaseNames.contains(lower)) {
      return denied(name);
    }
    MethodSpec strictest = careful(name);
    for (MethodRule rule : rules) {
      if (rule.spec().exposure().compareTo(strictest.exposure()) > 0 && rule.matches(lower)) {
        strictest = rule.spec();
      }
    }
    return named(name, strictest);
  }

  private static boolean isPlausible(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean plausible =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      if (!plausible) {
        return false;
      }
    }
    return !name.isEmpty() && name.length() <= NAME_LENGTH_MAX;
  }

  private static MethodSpec careful(String name) {
    return new MethodSpec(
        name,
        Effect.READ,
        Exposure.OPEN,
        Caching.NEVER,
        BlockParam.NONE,
        Need.NOTHING,
        Pace.MEDIUM,
        false,
        false);
  }

  private static MethodSpec denied(String name) {
    return new MethodSpec(
        name,
        Effect.NODE,
        Exposure.DENIED,
        Caching.NEVER,
        BlockParam.NONE,
        Need.NOTHING,
        Pace.MEDIUM,
        false,
        false);
  }

  private static MethodSpec named(String name, MethodSpec spec) {
    return new MethodSpec(
        name,
        spec.effect(),
        spec.exposure(),
        spec.caching(),
        spec.block(),
        spec.need(),
        spec.pace(),
        spec.hedgeable(),
        spec.emptyIsSuspicious());
  }

  /** A row; a field that is absent has the value of the careful default. */
  private static MethodSpec read(JsonNode row) {
    return new MethodSpec(
        row.required("method").asString(),
        Effect.valueOf(row.required("effect").asString()),
        Exposure.valueOf(row.required("exposure").asString()),
        Caching.valueOf(row.path("caching").asString("NEVER")),
        blockParam(row.path("block").asString("NONE")),
        Need.valueOf(row.path("need").asString("NOTHING")),
        Pace.valueOf(row.path("pace").asString("MEDIUM")),
        row.path("hedgeable").asBoolean(false),
        row.path("emptyIsSuspicious").asBoolean(false));
  }

  /** {@code BLOCK 1}: the kind and the index. */
  private static BlockParam blockParam(String text) {
    int space = text.indexOf(' ');
    return space < 0
        ? BlockParam.NONE
        : new BlockParam(
            BlockParam.Kind.valueOf(text.substring(0, space)),
            Integer.parseInt(text.substring(space + 1)));
  }
}
