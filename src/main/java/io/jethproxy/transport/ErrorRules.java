package io.jethproxy.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is known of providers' errors and answers, as data: {@code provider-errors.json}. Immutable.
 *
 * @param kinds groups of methods, by name
 * @param results what kind of JSON a method's result must be
 * @param rules in order: the first that fits decides; the last fits everything
 */
record ErrorRules(
    Map<String, List<NamePattern>> kinds,
    Map<ResultShape, List<NamePattern>> results,
    List<Rule> rules) {

  private static final String RESOURCE = "provider-errors.json";

  static ErrorRules load() {
    try (InputStream in = ErrorRules.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing from the application");
      }
      return RuleReader.read(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE, e);
    }
  }

  /** The row that decides. */
  Rule firstThatFits(Rule.Facts facts) {
    for (Rule rule : rules) {
      if (rule.fits(facts)) {
        return rule;
      }
    }
    throw new IllegalStateException("no rule fits (expected: the last rule has no condition)");
  }

  /** The groups that a method belongs to; its name must be in lower case. */
  Set<String> kindsOf(String method) {
    Set<String> found = new HashSet<>();
    kinds.forEach((kind, patterns) -> {
      if (fits(patterns, method)) {
        found.add(kind);
      }
    });
    return found;
  }

  /** What a method's result must look like; its name must be in lower case. */
  ResultShape shapeOf(String method) {
    for (Map.Entry<ResultShape, List<NamePattern>> entry : results.entrySet()) {
      if (fits(entry.getValue(), method)) {
        return entry.getKey();
      }
    }
    return ResultShape.ANY;
  }

  private static boolean fits(List<NamePattern> patterns, String method) {
    for (NamePattern pattern : patterns) {
      if (pattern.fits(method)) {
        return true;
      }
    }
    return false;
  }
}
