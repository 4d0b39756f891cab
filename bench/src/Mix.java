import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a dApp's traffic costs at the providers: wallets, indexers and explorers, each alone and all
 * together, with client calls counted against those that reach three providers of a lively chain.
 *
 * <p>Three polls to a block, as with 4 s and 12 s on mainnet, twelve times as fast. The chain waits
 * for the polls, so that a busy machine counts the same.
 */
final class Mix {
  private static final int POLL_MILLIS = 333;
  private static final int POLLS_PER_BLOCK = 3;
  private static final int IDLE_BLOCKS = 5;
  private static final double ASKED_SHARE_MAX = 0.2;

  private final Bed bed;
  private final int blocks;

  Mix(Bed bed) {
    this.bed = bed;
    this.blocks = bed.settings().quick() ? 10 : 30;
  }

  void measure() throws IOException, InterruptedException {
    if (!bed.settings().proxies().contains("gateway")) {
      return;
    }
    Bed.step("mix of wallets, indexers and explorers");
    List<Provider> providers = Provider.startLively(bed.running());
    Proxy gateway = Proxy.start("gateway", bed.running(), providers);
    idle(providers);
    long before = served(providers);
    idle(providers);
    double idlePerBlock = (double) (served(providers) - before) / IDLE_BLOCKS;
    bed.report()
        .heading(
            "What providers are spared",
            ("Three providers of one chain, %d blocks each, three polls to a block, as with 4 s"
                    + " and 12 s on mainnet. Provider calls are all that arrive, with the %.1f a block by"
                    + " which the gateway follows the chain when nobody asks.")
                .formatted(blocks, idlePerBlock));
    bed.report().row("", "client calls", "provider calls", "saved", "failed");
    bed.report().row("---", "---:", "---:", "---:", "---:");
    for (Persona.Kind kind : Persona.Kind.values()) {
      double asked = phase(kind.title(), List.of(kind), gateway, providers);
      if (kind == Persona.Kind.WALLETS) {
        bed.report()
            .bar(
                "provider calls of wallet polling",
                asked,
                ASKED_SHARE_MAX,
                ASKED_SHARE_MAX,
                "× client calls");
      }
    }
    phase("all together", Arrays.asList(Persona.Kind.values()), gateway, providers);
    bed.running().end(gateway.process());
    bed.running().kill(providers.getFirst().process());
  }

  /** Provider calls for each client call. */
  private double phase(
      String title, List<Persona.Kind> kinds, Proxy gateway, List<Provider> providers)
      throws IOException, InterruptedException {
    RpcClient client = new RpcClient(gateway.port());
    List<Persona> personas = new ArrayList<>();
    for (Persona.Kind kind : kinds) {
      for (int i = 0; i < kind.count(); i++) {
        personas.add(kind.create(i));
      }
    }
    long servedBefore = served(providers);
    for (int poll = 0; poll < blocks * POLLS_PER_BLOCK; poll++) {
      if (poll % POLLS_PER_BLOCK == 0) {
        providers.getFirst().mine();
      }
      poll(personas, client);
    }
    long asked = served(providers) - servedBefore;
    double share = (double) asked / Math.max(1, client.calls());
    String saved = "%.1f %%".formatted(100 * (1 - share));
    bed.report()
        .row(
            title,
            Long.toString(client.calls()),
            Long.toString(asked),
            saved,
            Long.toString(client.failed()));
    System.out.printf(
        "  mix    %-16s %6d client calls %6d provider calls %s saved%n",
        title, client.calls(), asked, saved);
    return share;
  }

  /** All poll once, not all at the same time. */
  private static void poll(List<Persona> personas, RpcClient client) throws InterruptedException {
    List<Thread> polls = new ArrayList<>();
    for (int i = 0; i < personas.size(); i++) {
      Persona persona = personas.get(i);
      long afterMillis = (long) POLL_MILLIS * i / personas.size();
      polls.add(Thread.startVirtualThread(() -> poll(persona, client, afterMillis)));
    }
    for (Thread poll : polls) {
      poll.join();
    }
  }

  private static void poll(Persona persona, RpcClient client, long afterMillis) {
    try {
      Thread.sleep(afterMillis);
      persona.poll(client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Some blocks without anybody who asks. */
  private static void idle(List<Provider> providers) throws IOException, InterruptedException {
    for (int i = 0; i < IDLE_BLOCKS; i++) {
      providers.getFirst().mine();
      Thread.sleep(POLLS_PER_BLOCK * POLL_MILLIS);
    }
  }

  private static long served(List<Provider> providers) throws IOException {
    long served = 0;
    for (Provider provider : providers) {
      served += provider.served();
    }
    return served;
  }
}
