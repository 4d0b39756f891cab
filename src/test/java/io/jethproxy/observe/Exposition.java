package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict reader of Prometheus' text format: every sample belongs to a family that has a HELP and
 * a TYPE before it, families are not split, series are unique, names follow the conventions.
 */
record Exposition(Map<String, Double> samples, Map<String, String> types) {

  private static final Pattern META =
      Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"";
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{" + LABEL + "(?:," + LABEL + ")*\\})? (\\S+)");

  static Exposition parse(String text) {
    Map<String, Double> samples = new LinkedHashMap<>();
    Map<String, String> types = new HashMap<>();
    Set<String> helps = new HashSet<>();
    String family = "";
    assertThat(text).endsWith("\n");
    for (String line : text.lines().toList()) {
      Matcher meta = META.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (meta.matches()) {
        family = meta.group(2);
        if (meta.group(1).equals("HELP")) {
          assertThat(helps.add(family)).as("one HELP of " + family).isTrue();
        } else {
          assertThat(types.put(family, meta.group(3))).as("one TYPE of " + family).isNull();
        }
      } else {
        assertThat(sample.matches()).as(line).isTrue();
        assertThat(family).as("family of " + line).isEqualTo(family(sample.group(1), types));
        assertThat(helps).contains(family);
        String series = line.substring(0, line.lastIndexOf(' '));
        assertThat(samples.put(series, number(sample.group(3)))).as("unique " + series).isNull();
      }
    }
    types.forEach(Exposition::checkName);
    return new Exposition(samples, types);
  }

  private static String family(String name, Map<String, String> types) {
    if (types.containsKey(name)) {
      return name;
    }
    String family = name.replaceFirst("_(bucket|count|sum)$", "");
    assertThat(types.get(family)).as("type of " + name).isIn("histogram", "summary");
    return family;
  }

  private static void checkName(String name, String type) {
    assertThat(type).isIn("counter", "gauge", "histogram", "summary");
    assertThat(name.endsWith("_total"))
        .as(name + " is a " + type)
        .isEqualTo(type.equals("counter"));
    if (type.equals("histogram")) {
      assertThat(name).endsWith("_seconds");
    }
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  double value(String series) {
    assertThat(samples).containsKey(series);
    return samples.getOrDefault(series, Double.NaN);
  }

  String type(String name) {
    return types.getOrDefault(name, "none");
  }
}
