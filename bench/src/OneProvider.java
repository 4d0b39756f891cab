import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The scenarios with one fast provider: each kind of request, on the same running proxies. */
final class OneProvider {
  private static final int NEXT_KIND_WARM_UP_SECONDS = 10;

  private final Bed bed;

  OneProvider(Bed bed) {
    this.bed = bed;
  }

  void measure() throws IOException, InterruptedException {
    List<Kind> kinds =
        Stream.of(Kind.values())
            .filter(
                kind -> bed.settings().scenarios().contains(Settings.Scenario.valueOf(kind.name())))
            .toList();
    if (kinds.isEmpty()) {
      return;
    }
    Provider provider = Provider.start(bed.running(), "provider", 0);
    List<Proxy> proxies = bed.startAll(name -> List.of(provider));
    Map<String, List<Provider>> behind =
        proxies.stream().collect(Collectors.toMap(Proxy::name, proxy -> List.of(provider)));
    int warmUpSeconds = bed.settings().warmUpSeconds();
    for (Kind kind : kinds) {
      Bed.step(kind.title());
      bed.closedLoop().warmUp(kind, proxies, warmUpSeconds);
      warmUpSeconds = Math.min(NEXT_KIND_WARM_UP_SECONDS, warmUpSeconds);
      Map<String, List<Sample>> samples = bed.closedLoop().measure(kind, proxies, behind);
      bed.report().heading(kind.title(), note(kind));
      bed.report().closedLoop(samples);
      switch (kind) {
        case SMALL -> bed.report().ratioBar("CPU per proxied small call", samples, 1.9, 1.5);
        case LARGE -> bed.report().ratioBar("CPU per 100 KB answer", samples, 2.5, 2);
        case LOCAL ->
            bed.report()
                .ratioBar("CPU per local answer, to nginx's proxied one", samples, 0.9, 0.9);
        case RING -> hitBar("CPU per answer from the newest blocks", samples, 0.9);
        case HIT -> hitBar("CPU per small cache hit", samples, 0.9);
        case LARGE_HIT -> hitBar("CPU per 100 KB cache hit", samples, 1.2);
        case BATCH -> {}
      }
    }
    proxies.forEach(proxy -> bed.running().end(proxy.process()));
    bed.running().kill(provider.process());
  }

  private void hitBar(String what, Map<String, List<Sample>> samples, double limit) {
    bed.report().ratioBar(what + ", to nginx's proxied one", samples, limit, limit);
  }

  private static String note(Kind kind) {
    return switch (kind) {
      case SMALL -> "`eth_getBalance`, each address asked once; one provider.";
      case LARGE -> "`eth_getLogs`, each filter asked once; one provider.";
      case BATCH -> "20 × `eth_getBalance` in one request; the numbers are per batch.";
      case RING ->
          "`eth_blockNumber` and a block near the head by turns; nginx and HAProxy ask the"
              + " provider.";
      case HIT ->
          "`eth_getBalance` and `eth_call` at the head, `eth_getBalance` at a finalized block, of"
              + " 64 addresses by turns; nginx and HAProxy ask the provider.";
      case LARGE_HIT ->
          "`eth_getBlockReceipts` of a finalized block, the same each time; nginx and HAProxy ask"
              + " the provider.";
      case LOCAL -> "The gateway knows the answer; nginx and HAProxy ask the provider.";
    };
  }
}
