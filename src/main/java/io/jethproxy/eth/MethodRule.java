package io.jethproxy.eth;

/**
 * What is known of methods that have no row of their own: a pattern such as {@code engine_*},
 * {@code debug_db*} or {@code *_set*}, and what holds for the names that match in any case.
 *
 * @param namespace lower case, or {@code *} for every namespace
 * @param start how the rest of the name begins, lower case; may be empty
 * @param spec what holds, except for the name
 */
record MethodRule(String namespace, String start, MethodSpec spec) {

  private static final String EVERY = "*";

  static boolean isPattern(String name) {
    return name.endsWith("*");
  }

  static MethodRule of(String pattern, MethodSpec spec) {
    int underscore = pattern.indexOf('_');
    String start = pattern.substring(underscore + 1, pattern.length() - 1);
    return new MethodRule(lower(pattern.substring(0, underscore)), lower(start), spec);
  }

  /** Whether the rule speaks of this name, given in lower case. */
  boolean matches(String lowerCaseName) {
    int underscore = lowerCaseName.indexOf('_');
    return underscore >= 0
        && (namespace.equals(EVERY)
            || (namespace.length() == underscore && lowerCaseName.startsWith(namespace)))
        && lowerCaseName.startsWith(start, underscore + 1);
  }

  private static String lower(String text) {
    return text.toLowerCase(java.util.Locale.ROOT);
  }
}
