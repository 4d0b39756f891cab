package io.jethproxy.transport;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the rules say of one method, found once: every answer asks for it.
 *
 * @param kinds the groups that the method belongs to
 * @param shape what its result must look like
 * @param executes whether its result is the output of one execution, which may be a revert
 * @param traces whether an inner time-out may hide in its result
 */
record MethodTraits(Set<String> kinds, ResultShape shape, boolean executes, boolean traces) {

  /** The traits of the methods seen so far. */
  static final class Seen {

    /** Names beyond these are looked up each time: clients can make up any number. */
    private static final int METHODS_MAX = 1_024;

    private final ErrorRules rules;
    private final Map<String, MethodTraits> byMethod = new ConcurrentHashMap<>();

    Seen(ErrorRules rules) {
      this.rules = rules;
    }

    MethodTraits of(String method) {
      MethodTraits known = byMethod.get(method);
      if (known != null) {
        return known;
      }
      MethodTraits found = find(method.toLowerCase(Locale.ROOT));
      if (byMethod.size() < METHODS_MAX) {
        byMethod.put(method, found);
      }
      return found;
    }

    private MethodTraits find(String lower) {
      Set<String> kinds = Set.copyOf(rules.kindsOf(lower));
      return new MethodTraits(
          kinds, rules.shapeOf(lower), kinds.contains("single-execution"), kinds.contains("trace"));
    }
  }
}
