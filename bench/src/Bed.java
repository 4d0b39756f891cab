import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What every scenario works with. */
record Bed(
    Settings settings,
    Running running,
    Report report,
    Wrk wrk,
    ClosedLoop closedLoop,
    long ticksPerSecond) {

  static Bed of(Settings settings, Running running) throws IOException, InterruptedException {
    long ticksPerSecond = Long.parseLong(running.outputOf("getconf", "CLK_TCK").trim());
    Wrk wrk = new Wrk(Settings.at("bench.home").resolve("load.lua"), running, Settings.CONNECTIONS);
    ClosedLoop closedLoop = new ClosedLoop(wrk, settings, ticksPerSecond);
    return new Bed(settings, running, new Report(), wrk, closedLoop, ticksPerSecond);
  }

  /** Which providers a proxy is to stand in front of. */
  interface ProvidersOf {
    List<Provider> proxy(String name);
  }

  List<Proxy> startAll(ProvidersOf providers) throws IOException, InterruptedException {
    List<Proxy> proxies = new ArrayList<>();
    for (String name : settings.proxies()) {
      proxies.add(Proxy.start(name, running, providers.proxy(name)));
    }
    return proxies;
  }

  static void step(String what) {
    System.out.println(what);
  }
}
