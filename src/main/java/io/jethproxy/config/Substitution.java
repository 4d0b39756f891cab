package io.jethproxy.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with its variables replaced: <code>${NAME}</code>, <code>${NAME:-default}</code>; two
 * dollars stand for one.
 *
 * @param text the result, when there is no complaint
 * @param fromVariables whether any part came from the environment, and is not to be shown
 * @param complaints what cannot be replaced
 */
record Substitution(String text, boolean fromVariables, List<String> complaints) {

  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\$\\{|\\$\\{([A-Za-z_][A-Za-z0-9_]{0,99})(:-([^}]*))?}|\\$\\{");

  static Substitution of(String text, Environment environment) {
    Matcher matcher = REFERENCE.matcher(text);
    StringBuilder result = new StringBuilder();
    List<String> complaints = new ArrayList<>();
    boolean fromVariables = false;
    int done = 0;
    while (matcher.find()) {
      result.append(text, done, matcher.start());
      done = matcher.end();
      String name = matcher.group(1);
      if (matcher.group().equals("$${")) {
        result.append("${");
      } else if (name == null) {
        complaints.add("'${' without a variable (expected: ${NAME} or ${NAME:-default})");
      } else {
        fromVariables = true;
        Optional<String> value =
            environment.value(
                name, problem -> complaints.add(problem.path() + " " + problem.message()));
        if (value.isEmpty() && matcher.group(2) == null) {
          complaints.add(
              "the variable "
                  + name
                  + " is not set (expected: a value, or ${"
                  + name
                  + ":-default})");
        }
        result.append(value.orElse(matcher.group(3) == null ? "" : matcher.group(3)));
      }
    }
    result.append(text, done, text.length());
    return new Substitution(result.toString(), fromVariables, List.copyOf(complaints));
  }
}
