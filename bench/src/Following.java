import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What it costs to follow a chain: runs {@code FollowCost}, which judges for itself. */
final class Following {
  private static final String PROGRAM = "FollowCost";

  private final Bed bed;

  Following(Bed bed) {
    this.bed = bed;
  }

  void measure() throws IOException, InterruptedException {
    if (!bed.settings().proxies().contains("gateway") || !isThere()) {
      return;
    }
    Bed.step("following a chain");
    List<String> command = new ArrayList<>();
    command.add(Settings.at("java.home").resolve("bin/java").toString());
    for (String property : List.of("bench.gateway", "bench.home", "bench.run")) {
      command.add("-D" + property + "=" + System.getProperty(property));
    }
    String seconds = bed.settings().quick() ? "15" : "60";
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), PROGRAM, seconds));
    Running.Ended ended = bed.running().run(command);
    System.out.print(ended.output());
    bed.report()
        .heading("Following a chain", "Mainnet-sized blocks, and small ones that come fast.");
    bed.report().verbatim(ended.output());
    bed.report().verdict("CPU of following a chain, see below", ended.status() == 0);
  }

  private static boolean isThere() {
    try {
      Class.forName(PROGRAM, false, Following.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
