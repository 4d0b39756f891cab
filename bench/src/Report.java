import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The tables of one run, as Markdown, and the bars with their verdicts. */
final class Report {
  /** Where in the document it goes: between its two markers. */
  enum Part {
    HTTP("bench"),
    FAN_OUT("bench-fan-out"),
    SOCKETS("bench-sockets");

    private final String begin;
    private final String end;

    Part(String name) {
      begin = "<!-- " + name + ":begin, written by bench/run.sh -->";
      end = "<!-- " + name + ":end -->";
    }
  }

  private final StringBuilder tables = new StringBuilder();
  private final List<String> bars = new ArrayList<>();
  private boolean missed;

  void heading(String title, String note) {
    tables.append("\n### ").append(title).append("\n\n").append(note).append("\n\n");
  }

  /** One row per proxy: medians over the rounds, the spread of the CPU in brackets. */
  void closedLoop(Map<String, List<Sample>> samples) {
    row(
        "",
        "CPU µs per request",
        "× nginx",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "failed",
        "provider calls per request",
        "RSS MB");
    row("---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:");
    samples.forEach((name, of) -> {
      double low = of.stream().mapToDouble(Sample::cpuMicros).min().orElseThrow();
      double high = of.stream().mapToDouble(Sample::cpuMicros).max().orElseThrow();
      row(
          name,
          "%.1f (%.1f–%.1f)".formatted(median(of, Sample::cpuMicros), low, high),
          samples.containsKey("nginx") ? "%.2f".formatted(ratio(samples, name)) : "",
          "%,.0f".formatted(median(of, Sample::perSecond)),
          "%.2f".formatted(median(of, Sample::p50Millis)),
          "%.2f".formatted(median(of, Sample::p99Millis)),
          Long.toString(of.stream().mapToLong(Sample::failed).sum()),
          "%.2f".formatted(median(of, Sample::askedPerRequest)),
          "%.0f".formatted(median(of, sample -> sample.use().residentBytes() / 1e6)));
    });
  }

  void row(String... cells) {
    tables.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /** Separates two tables under one heading. */
  void gap() {
    tables.append('\n');
  }

  /** A bar of the form "CPU at most LIMIT × nginx's in the same table". */
  void ratioBar(String what, Map<String, List<Sample>> samples, double limit, double aim) {
    if (samples.containsKey("gateway") && samples.containsKey("nginx")) {
      bar(what, ratio(samples, "gateway"), limit, aim, "× nginx");
    }
  }

  void bar(String what, double measured, double limit, double aim, String unit) {
    boolean met = measured <= limit;
    missed |= !met;
    String verdict = met ? measured <= aim ? "pass, aim reached" : "pass" : "**FAIL**";
    if (met && aim == limit) {
      verdict = "pass";
    }
    String wanted =
        aim == limit
            ? number(limit) + " " + unit
            : number(limit) + " " + unit + " (aim " + number(aim) + ")";
    bars.add("| %s | %.2f %s | %s | %s |%n".formatted(what, measured, unit, wanted, verdict));
  }

  /** A bar that this run cannot tell, and why; it counts as missed. */
  void unjudged(String what, String why) {
    missed = true;
    bars.add("| %s | | | not judged, %s |%n".formatted(what, why));
  }

  /** A bar that was judged elsewhere. */
  void verdict(String what, boolean met) {
    missed |= !met;
    bars.add("| %s | | | %s |%n".formatted(what, met ? "pass" : "**FAIL**"));
  }

  /** Text as a program printed it. */
  void verbatim(String text) {
    tables.append("```\n").append(text.strip()).append("\n```\n");
  }

  private static String number(double limit) {
    return new BigDecimal(Double.toString(limit)).stripTrailingZeros().toPlainString();
  }

  /** What was missed, as in the table. */
  List<String> missedBars() {
    return bars.stream()
        .filter(bar -> bar.contains("**FAIL**") || bar.contains("not judged"))
        .map(String::strip)
        .toList();
  }

  /** Whether nothing was measured for it. */
  boolean isEmpty() {
    return tables.isEmpty() && bars.isEmpty();
  }

  boolean missed() {
    return missed;
  }

  String text(String environment) {
    StringBuilder text = new StringBuilder(environment);
    if (!bars.isEmpty()) {
      text.append("\n### Bars\n\n| | measured | at most | |\n| --- | ---: | ---: | --- |\n");
      bars.forEach(text::append);
    }
    return text.append(tables).toString();
  }

  /** Replaces what is between the two markers of this part. */
  static void write(Path document, Part part, String text) throws IOException {
    String old = Files.readString(document);
    int begin = old.indexOf(part.begin);
    int end = old.indexOf(part.end);
    if (begin < 0 || end < begin) {
      throw new IOException(document + " has lost its markers: " + part.begin + " … " + part.end);
    }
    Files.writeString(
        document,
        old.substring(0, begin) + part.begin + "\n\n" + text + "\n" + old.substring(end));
  }

  static <T> double median(List<T> of, ToDoubleFunction<T> value) {
    double[] sorted = of.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double ratio(Map<String, List<Sample>> samples, String name) {
    return median(samples.get(name), Sample::cpuMicros)
        / median(samples.get("nginx"), Sample::cpuMicros);
  }
}
