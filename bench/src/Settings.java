import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What one run measures and for how long. Durations are in seconds. */
record Settings(
    Set<Scenario> scenarios,
    List<String> proxies,
    int rounds,
    int roundSeconds,
    int warmUpSeconds,
    int openLoopSeconds,
    int starts,
    boolean quick,
    boolean write) {

  /** 32 requests in flight keep two cores busy without long queues. */
  static final int CONNECTIONS = 32;

  static final int OPEN_LOOP_CONNECTIONS = 64;
  static final int OPEN_LOOP_PER_SECOND = 1_000;
  static final int SLOW_PROVIDER_MILLIS = 5;
  static final List<String> ALL_PROXIES = List.of("nginx", "haproxy", "gateway");

  enum Scenario {
    SMALL,
    LARGE,
    BATCH,
    LOCAL,
    RING,
    HIT,
    LARGE_HIT,
    DEAD,
    OPEN,
    CAPACITY,
    START,
    MIX,
    FOLLOW,
    FAN_OUT,
    SOCKETS;

    /** All of them, as on the command line. */
    static String keys() {
      return Stream.of(values()).map(Scenario::key).collect(Collectors.joining(", "));
    }

    String key() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static Settings parse(String[] args) {
    boolean quick = List.of(args).contains("--quick");
    Set<Scenario> scenarios = EnumSet.allOf(Scenario.class);
    List<String> proxies = ALL_PROXIES;
    int rounds = quick ? 3 : 7;
    int roundSeconds = quick ? 2 : 5;
    int warmUpSeconds = quick ? 15 : 45;
    boolean write = false;
    boolean keep = false;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--quick" -> {}
        case "--write" -> write = true;
        case "--no-write" -> keep = true;
        case "--only" -> scenarios = scenarios(value(args, ++i));
        case "--proxies" -> proxies = proxies(value(args, ++i));
        case "--rounds" -> rounds = positive(args, ++i);
        case "--seconds" -> roundSeconds = positive(args, ++i);
        case "--warm-up" -> warmUpSeconds = positive(args, ++i);
        default ->
            throw new IllegalArgumentException(
                "unknown option: " + args[i] + " (see bench/run.sh --help)");
      }
    }
    boolean whole =
        scenarios.size() == Scenario.values().length && proxies.size() == ALL_PROXIES.size();
    return new Settings(
        scenarios,
        proxies,
        rounds,
        roundSeconds,
        warmUpSeconds,
        quick ? 5 : 10,
        quick ? 2 : 5,
        quick,
        !keep && (write || whole && !quick));
  }

  static Path at(String property) {
    return Path.of(System.getProperty(property));
  }

  private static Set<Scenario> scenarios(String names) {
    Set<Scenario> chosen = EnumSet.noneOf(Scenario.class);
    for (String name : names.split(",")) {
      chosen.add(
          List.of(Scenario.values()).stream()
              .filter(scenario -> scenario.key().equals(name))
              .findAny()
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "unknown scenario: "
                          + name
                          + " (expected: "
                          + Scenario.keys()
                          + ")")));
    }
    return chosen;
  }

  private static List<String> proxies(String names) {
    List<String> chosen = new ArrayList<>(List.of(names.split(",")));
    for (String name : chosen) {
      if (!ALL_PROXIES.contains(name)) {
        throw new IllegalArgumentException(
            "unknown proxy: " + name + " (expected: nginx, haproxy, gateway)");
      }
    }
    return chosen;
  }

  private static int positive(String[] args, int index) {
    int number = Integer.parseInt(value(args, index));
    if (number < 1) {
      throw new IllegalArgumentException(
          args[index - 1] + ": " + number + " (expected: 1 or more)");
    }
    return number;
  }

  private static String value(String[] args, int index) {
    if (index >= args.length) {
      throw new IllegalArgumentException(args[index - 1] + " needs a value");
    }
    return args[index];
  }
}
