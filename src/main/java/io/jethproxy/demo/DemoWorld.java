package io.jethproxy.demo;

import io.jethproxy.eth.Methods;
import io.jethproxy.transport.Loops;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A demo chain that grows with the clock, and the simulated providers that serve it. */
public final class DemoWorld implements AutoCloseable {

  private static final DemoChain.Config CHAIN = new DemoChain.Config(20_150_730, 1_000, 100, 60);
  private static final int GROW_MILLIS = 50;

  /**
   * A provider by the name that it goes by in the demo.
   *
   * @param manner in a few words
   */
  public record Named(String name, String manner, DemoProvider provider) {}

  private final Loops loops = new Loops(1);
  private final List<Named> providers;

  private DemoWorld(InstantSource clock) {
    DemoChain chain = new DemoChain(CHAIN, clock.millis());
    Methods methods = Methods.load();
    loops
        .current()
        .scheduleAtFixedRate(
            () -> chain.advanceTo(clock.millis()), GROW_MILLIS, GROW_MILLIS, TimeUnit.MILLISECONDS);
    providers =
        List.of(
            new Named(
                "steady",
                "answers within 10 ms",
                DemoProvider.start(
                    new DemoNode(chain, methods, "steady", 0), Temper.steady(), clock, loops)),
            new Named(
                "slow",
                "takes a tenth of a second",
                DemoProvider.start(
                    new DemoNode(chain, methods, "slow", 0), Temper.slow(), clock, loops)),
            new Named(
                "moody",
                "the quickest, but for 10 seconds of every 40 it throttles, fails or hangs up",
                DemoProvider.start(
                    new DemoNode(chain, methods, "moody", 0), Temper.moody(), clock, loops)));
  }

  /** Starts everything on free loopback ports. */
  public static DemoWorld start(InstantSource clock) {
    return new DemoWorld(clock);
  }

  public List<Named> providers() {
    return providers;
  }

  @Override
  public void close() {
    providers.forEach(named -> named.provider().close());
    loops.close();
  }
}
