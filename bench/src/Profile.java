import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loads the gateway until it is hot, then records a flight recording under the same load: {@code
 * Profile KIND SECONDS WARM_UP FILE}.
 */
final class Profile {
  private Profile() {}

  public static void main(String[] args) throws Exception {
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    Kind kind = Kind.valueOf(args[0].toUpperCase(java.util.Locale.ROOT).replace('-', '_'));
    int seconds = Integer.parseInt(args[1]);
    int warmUpSeconds = Integer.parseInt(args[2]);
    String file = args[3];
    Running running = new Running(Settings.at("bench.run"));
    long ticksPerSecond = Long.parseLong(running.outputOf("getconf", "CLK_TCK").trim());
    Wrk wrk = new Wrk(Settings.at("bench.home").resolve("load.lua"), running, Settings.CONNECTIONS);

    Provider provider = Provider.start(running, "provider", 0);
    Proxy gateway = Proxy.start("gateway", running, List.of(provider));
    Ask.rightAnswer("gateway", gateway.port(), kind);
    System.out.println(
        "warming up for "
            + warmUpSeconds
            + " s, then recording "
            + seconds
            + " s of "
            + kind.title());
    wrk.run(kind, gateway.port(), warmUpSeconds);

    String jcmd = Settings.at("java.home").resolve("bin/jcmd").toString();
    String id = Long.toString(javaOf(gateway));
    running.outputOf(
        jcmd,
        id,
        "JFR.start",
        "name=bench",
        "settings=profile",
        "jdk.CPUTimeSample#enabled=true",
        "jdk.CPUTimeSample#throttle=5ms");
    ProcessUse before = ProcessUse.of(gateway.process(), ticksPerSecond);
    Wrk.Result result = wrk.run(kind, gateway.port(), seconds);
    ProcessUse after = ProcessUse.of(gateway.process(), ticksPerSecond);
    running.outputOf(jcmd, id, "JFR.stop", "name=bench", "filename=" + file);
    System.out.printf(
        "%.1f µs CPU per request while recording, %.0f requests/s, %d failed%n",
        (after.cpuMicros() - before.cpuMicros()) / result.requests(),
        result.perSecond(),
        result.failed());
    System.exit(0);
  }

  private static long javaOf(Proxy gateway) throws IOException {
    return Stream.concat(Stream.of(gateway.process().toHandle()), gateway.process().descendants())
        .filter(process -> process.info().command().orElse("").endsWith("/java"))
        .findFirst()
        .orElseThrow(() -> new IOException("the gateway's start command runs no java"))
        .pid();
  }
}
