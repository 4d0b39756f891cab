import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A day of an Auto Scaling group with target tracking, second by second: what load meets how many
 * instances, with the delays of metrics, alarms, boot and scaling in. Run with a JDK 25:
 *
 * <pre>java deploy/scaling/Simulation.java --peak 10000 --capacity 4000 --target 0.5</pre>
 *
 * <p>The rules are those that AWS documents for target tracking: metrics by the minute, out after
 * three minutes above the target, in after fifteen below nine tenths of it, never in while an alarm
 * says out, to ceil(instances × metric / target), and instances that still warm up are not counted.
 * What AWS does beyond its documents is not modelled.
 */
public final class Simulation {

  private static final int DAY_SECONDS = 86_400;
  private static final int MINUTE = 60;
  private static final int OUT_MINUTES = 3;
  private static final int IN_MINUTES = 15;
  private static final double IN_SHARE = 0.9;

  /**
   * What is simulated.
   *
   * @param peak requests per second at the top of the day, before the spike
   * @param low share of the peak in the night, 0 to 1
   * @param spike factor on the load at its height
   * @param spikeSeconds from nothing to its height; it stays for ten times as long
   * @param capacity requests per second that one instance answers within the latency objective
   * @param limit share of the capacity beyond which an instance sheds, 1 or more
   * @param target share of the capacity that the policy keeps instances at, above 0, below 1
   * @param bootSeconds from the order of an instance to its first request
   * @param warmUpSeconds from then until it is counted
   * @param metricSeconds until a minute's metric is seen by the alarm
   * @param least instances at any time, 1 or more
   * @param most instances at any time
   */
  private record Plan(
      double peak,
      double low,
      double spike,
      int spikeSeconds,
      double capacity,
      double limit,
      double target,
      int bootSeconds,
      int warmUpSeconds,
      int metricSeconds,
      int least,
      int most) {

    static final Plan DEFAULTS = new Plan(10_000, 0.25, 3, 120, 4_000, 1.5, 0.5, 150, 120, 60, 2, 100);

    /** A day that is quiet at 3 and busiest at 15, with a spike at noon. */
    double load(int second) {
      double day = (1 - Math.cos(2 * Math.PI * (second - 3 * 3600.0) / DAY_SECONDS)) / 2;
      return peak * (low + (1 - low) * day) * spikeAt(second - DAY_SECONDS / 2);
    }

    private double spikeAt(int since) {
      if (since < 0 || since > 12 * spikeSeconds) {
        return 1;
      }
      double height =
          since < spikeSeconds
              ? (double) since / spikeSeconds
              : since < 11 * spikeSeconds ? 1 : (12.0 * spikeSeconds - since) / spikeSeconds;
      return 1 + (spike - 1) * height;
    }
  }

  /** What the day was like. */
  private record Day(
      int most, double instanceHours, int actions, int slowSeconds, double requests, double shed) {}

  private final Plan plan;
  private final Deque<Double> metrics = new ArrayDeque<>();
  private final List<Integer> booting = new ArrayList<>();
  private final List<Integer> warming = new ArrayList<>();
  private int serving;

  private Simulation(Plan plan) {
    this.plan = plan;
    this.serving = needed(plan.load(0));
  }

  private int needed(double load) {
    return bounded((int) Math.ceil(load / (plan.capacity * plan.target)));
  }

  private int bounded(int instances) {
    return Math.clamp(instances, plan.least, plan.most);
  }

  private Day run() {
    int most = serving;
    int actions = 0;
    int slow = 0;
    double instanceSeconds = 0;
    double requests = 0;
    double shed = 0;
    double minute = 0;
    Deque<double[]> seenLater = new ArrayDeque<>();
    for (int second = 0; second < DAY_SECONDS; second++) {
      int now = second;
      for (int ready : booting.stream().filter(ready -> ready <= now).toList()) {
        serving++;
        warming.add(ready + plan.warmUpSeconds);
      }
      booting.removeIf(ready -> ready <= now);
      warming.removeIf(warm -> warm <= now);

      double load = plan.load(second);
      double perInstance = load / serving;
      requests += load;
      shed += Math.max(0, load - serving * plan.capacity * plan.limit);
      slow += perInstance > plan.capacity ? 1 : 0;
      instanceSeconds += serving + booting.size();

      minute += perInstance / MINUTE;
      if (second % MINUTE == MINUTE - 1) {
        seenLater.add(new double[] {second + plan.metricSeconds, minute});
        minute = 0;
      }
      while (!seenLater.isEmpty() && seenLater.peek()[0] <= second) {
        actions += decide(second, seenLater.remove()[1]) ? 1 : 0;
      }
      most = Math.max(most, serving + booting.size());
    }
    return new Day(most, instanceSeconds / 3600, actions, slow, requests, shed);
  }

  /** One more minute's metric; true when the number of instances is changed. */
  private boolean decide(int second, double perInstance) {
    metrics.add(perInstance);
    if (metrics.size() > IN_MINUTES) {
      metrics.remove();
    }
    double target = plan.capacity * plan.target;
    boolean out = last(OUT_MINUTES).stream().allMatch(metric -> metric > target);
    if (metrics.size() >= OUT_MINUTES && out) {
      return scaleOut(second, perInstance / target);
    }
    boolean in = metrics.stream().allMatch(metric -> metric < target * IN_SHARE);
    return metrics.size() == IN_MINUTES && in && booting.isEmpty() && warming.isEmpty() && scaleIn(perInstance / target);
  }

  private List<Double> last(int count) {
    List<Double> all = List.copyOf(metrics);
    return all.subList(Math.max(0, all.size() - count), all.size());
  }

  private boolean scaleOut(int second, double share) {
    int wanted = bounded((int) Math.ceil((serving - warming.size()) * share));
    int more = wanted - serving - booting.size();
    for (int i = 0; i < more; i++) {
      booting.add(second + plan.bootSeconds);
    }
    return more > 0;
  }

  private boolean scaleIn(double share) {
    int wanted = bounded((int) Math.ceil(serving * share));
    if (wanted >= serving) {
      return false;
    }
    serving = wanted;
    metrics.clear();
    return true;
  }

  // The command.

  private static final Map<String, String> OPTIONS = options();

  private static Map<String, String> options() {
    Plan d = Plan.DEFAULTS;
    Map<String, String> values = new HashMap<>();
    values.put("peak", Double.toString(d.peak));
    values.put("low", Double.toString(d.low));
    values.put("spike", Double.toString(d.spike));
    values.put("spike-seconds", Integer.toString(d.spikeSeconds));
    values.put("capacity", Double.toString(d.capacity));
    values.put("limit", Double.toString(d.limit));
    values.put("target", "");
    values.put("boot-seconds", Integer.toString(d.bootSeconds));
    values.put("warm-up-seconds", Integer.toString(d.warmUpSeconds));
    values.put("metric-seconds", Integer.toString(d.metricSeconds));
    values.put("least", Integer.toString(d.least));
    values.put("most", Integer.toString(d.most));
    return Map.copyOf(values);
  }

  public static void main(String[] args) {
    Map<String, String> given = new HashMap<>(OPTIONS);
    try {
      for (int i = 0; i < args.length; i += 2) {
        String name = args[i].replaceFirst("^--", "");
        if (!args[i].startsWith("--") || !OPTIONS.containsKey(name) || i + 1 == args.length) {
          throw new IllegalArgumentException(
              args[i] + " (expected: --NAME VALUE with one of " + OPTIONS.keySet() + ")");
        }
        given.put(name, args[i + 1]);
      }
      print(given);
    } catch (IllegalArgumentException e) {
      System.err.println("simulation: " + e.getMessage());
      System.exit(2);
    }
  }

  private static void print(Map<String, String> given) {
    String asked = given.get("target");
    double[] targets =
        asked.isEmpty() ? new double[] {0.3, 0.4, 0.5, 0.6, 0.7, 0.8} : new double[] {number(given, "target", 0.01, 0.99)};
    System.out.println(
        "target | instances at most | instance hours | changes | minutes over the objective | shed");
    System.out.println("---: | ---: | ---: | ---: | ---: | ---:");
    for (double target : targets) {
      Day day = new Simulation(plan(given, target)).run();
      System.out.printf(
          Locale.ROOT,
          "%.0f %% | %d | %.0f | %d | %.1f | %.3f %%%n",
          target * 100,
          day.most,
          day.instanceHours,
          day.actions,
          day.slowSeconds / 60.0,
          100 * day.shed / day.requests);
    }
  }

  private static Plan plan(Map<String, String> given, double target) {
    int least = (int) number(given, "least", 1, 10_000);
    return new Plan(
        number(given, "peak", 1, 1e9),
        number(given, "low", 0, 1),
        number(given, "spike", 1, 1_000),
        (int) number(given, "spike-seconds", 1, 3_600),
        number(given, "capacity", 1, 1e7),
        number(given, "limit", 1, 100),
        target,
        (int) number(given, "boot-seconds", 0, 3_600),
        (int) number(given, "warm-up-seconds", 0, 3_600),
        (int) number(given, "metric-seconds", 0, 600),
        least,
        (int) number(given, "most", least, 100_000));
  }

  private static double number(Map<String, String> given, String name, double min, double max) {
    String text = given.get(name);
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException(
          "--" + name + " " + text + " (expected: a number from " + min + " to " + max + ")");
    }
    return value;
  }
}
