package io.jethproxy.config;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which methods a provider is asked for.
 *
 * @param allow names, or beginnings that end in {@code *}; empty allows all
 * @param deny the same; wins over {@code allow}
 */
public record MethodFilter(
    @Key("Only these methods: names, or beginnings such as `eth_*`. Empty: all.") Set<String> allow,
    @Key("Not these methods, such as `trace_*`; wins over `allow`.") Set<String> deny) {

  private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9_]{1,100}\\*?|\\*");

  static final MethodFilter ALL = new MethodFilter(Set.of(), Set.of());

  public MethodFilter {
    check("allow", allow);
    check("deny", deny);
    allow = Set.copyOf(allow);
    deny = Set.copyOf(deny);
  }

  /** Whether the provider may be asked for the method. */
  public boolean permits(String method) {
    return (allow.isEmpty() || matches(allow, method)) && !matches(deny, method);
  }

  private static boolean matches(Set<String> patterns, String method) {
    for (String pattern : patterns) {
      if (pattern.endsWith("*")
          ? method.startsWith(pattern.substring(0, pattern.length() - 1))
          : method.equals(pattern)) {
        return true;
      }
    }
    return false;
  }

  private static void check(String name, Set<String> patterns) {
    for (String pattern : patterns) {
      if (!PATTERN.matcher(pattern).matches()) {
        throw new IllegalArgumentException(
            name + ": " + Shown.text(pattern) + " (expected: a method, or a beginning and '*')");
      }
    }
  }
}
