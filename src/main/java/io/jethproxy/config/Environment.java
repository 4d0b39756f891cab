package io.jethproxy.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The environment's variables. A variable that is blank counts as not set; {@code NAME_FILE} names
 * a file that holds the value of {@code NAME}, as container platforms mount secrets.
 */
final class Environment {

  static final String WHERE = "environment";
  private static final String FILE = "_FILE";
  private static final int FILE_BYTES_MAX = 1 << 16;

  /** What later versions will read; so that nobody thinks it works already. */
  static final Set<String> NOT_USED_YET = new TreeSet<>(List.of("ADMIN_TOKEN", "REDIS_URL"));

  private static final Set<String> PREFIXES = Set.of("RPC_", "JETH_", "LOKI_");

  private final Map<String, String> variables;

  Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  /** The value of a variable, or of the file that its {@code _FILE} twin names. */
  Optional<String> value(String name, Consumer<Problem> problems) {
    Optional<String> direct = set(name);
    Optional<String> file = set(name + FILE);
    if (direct.isPresent() && file.isPresent()) {
      problems.accept(problem(name, "is set, and " + name + FILE + " too (expected: one of them)"));
      return direct;
    }
    return direct.isPresent() ? direct : file.flatMap(path -> content(name, path, problems));
  }

  /** The variables whose names begin so, by name, as they are. */
  Map<String, String> startingWith(String prefix) {
    Map<String, String> found = new TreeMap<>();
    for (String name : variables.keySet()) {
      if (name.startsWith(prefix)) {
        set(name).ifPresent(value -> found.put(name, value));
      }
    }
    return found;
  }

  boolean isSet(String name) {
    return set(name).isPresent() || set(name + FILE).isPresent();
  }

  /** Remarks on what is set but has no effect. */
  List<String> notices(Set<String> known) {
    List<String> notices = new ArrayList<>();
    for (String name : NOT_USED_YET) {
      if (isSet(name)) {
        notices.add(name + " is set, but not used yet by this version");
      }
    }
    for (String name : new TreeSet<>(variables.keySet())) {
      if (looksLikeOurs(name) && !isKnown(name, known)) {
        Spelling.nearest(name, known)
            .ifPresent(meant ->
                notices.add(
                    Shown.name(name) + " is set, but not known; did you mean " + meant + "?"));
      }
    }
    return notices;
  }

  static Problem problem(String name, String message) {
    return new Problem(WHERE, 0, 0, name, message);
  }

  private Optional<String> set(String name) {
    return Optional.ofNullable(variables.get(name)).map(String::strip).filter(s -> !s.isEmpty());
  }

  private Optional<String> content(String name, String path, Consumer<Problem> problems) {
    try {
      Path file = Path.of(path);
      if (Files.size(file) > FILE_BYTES_MAX) {
        problems.accept(
            problem(name + FILE, "a file over " + FILE_BYTES_MAX + " bytes (expected: a value)"));
        return Optional.empty();
      }
      String text = Files.readString(file).strip();
      if (text.isEmpty()) {
        problems.accept(problem(name + FILE, "an empty file (expected: a value)"));
        return Optional.empty();
      }
      return Optional.of(text);
    } catch (IOException | InvalidPathException e) {
      problems.accept(
          problem(name + FILE, "cannot read " + Shown.text(path) + " (expected: a readable file)"));
      return Optional.empty();
    }
  }

  private static boolean looksLikeOurs(String name) {
    return PREFIXES.stream().anyMatch(name::startsWith);
  }

  private static boolean isKnown(String name, Set<String> known) {
    String plain = name.endsWith(FILE) ? name.substring(0, name.length() - FILE.length()) : name;
    return known.contains(plain) || NOT_USED_YET.contains(plain);
  }
}
