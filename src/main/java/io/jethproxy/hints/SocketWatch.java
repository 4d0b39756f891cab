package io.jethproxy.hints;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.eth.Hash;
import io.jethproxy.fleet.Backoff;
import io.jethproxy.fleet.Dialler;
import io.jethproxy.fleet.SocketTrouble;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one socket to a provider: opens it, proves its chain, has it tell of new blocks, and puts
 * another in its place when it ends, is dead, or tells nothing while the chain moves on. A socket
 * of a chain that nobody asks about is closed, since vendors bill by what they tell.
 *
 * <p>Lives on the loop that started it; its {@link #vitals} are for all.
 */
public final class SocketWatch {

  private static final long TURN_NANOS = SECONDS.toNanos(1);

  private static final long SOON_NANOS = MILLISECONDS.toNanos(500);
  private static final long SOON_NANOS_MAX = SECONDS.toNanos(30);
  private static final long RARE_NANOS = SECONDS.toNanos(30);
  private static final long RARE_NANOS_MAX = MINUTES.toNanos(5);

  /** One that was of use for so long did not end for the reason for which it ended before. */
  private static final long STEADY_NANOS = SECONDS.toNanos(10);

  /** For so long after it subscribed, blocks come to light that were there before. */
  private static final long SETTLING_NANOS = SECONDS.toNanos(3);

  private static final double SILENT_BLOCKS = 1.5;
  private static final long SILENT_NANOS_MIN = SECONDS.toNanos(5);
  private static final long SILENT_NANOS_MAX = MINUTES.toNanos(1);

  private final SocketRecord record;
  private final OptionalLong configuredChain;
  private final Dialler dialler;
  private final Surroundings around;
  private final Ticker ticker;
  private final Backoff soon;
  private final Backoff rarely;
  private final Session.Owner steps = new Steps();
  private @Nullable Session session;
  private Telling telling = new Telling();
  private Ticker.Alarm next = () -> {};

  /**
   * @param id its name
   * @param providerId the provider that it belongs to; empty when that is not known
   * @param configuredChain the chain that the configuration says; empty to believe the socket
   */
  public SocketWatch(
      String id,
      Optional<String> providerId,
      OptionalLong configuredChain,
      Dialler dialler,
      Surroundings around) {
    this.record = new SocketRecord(id, providerId, around.ticker());
    this.configuredChain = configuredChain;
    this.dialler = dialler;
    this.around = around;
    this.ticker = around.ticker();
    soon = new Backoff(SOON_NANOS, SOON_NANOS_MAX, around.random());
    rarely = new Backoff(RARE_NANOS, RARE_NANOS_MAX, around.random());
  }

  public void start() {
    if (isIdle()) {
      record.enter(SocketState.IDLE);
      return;
    }
    record.opens();
    later(TURN_NANOS, this::turn);
    Session opening = new Session(ticker, steps);
    session = opening;
    opening.open(dialler);
  }

  /** Somebody asks about this chain after a while. */
  public void wake(long chain) {
    if (record.state() == SocketState.IDLE && record.isOf(chain)) {
      start();
    }
  }

  public void stop() {
    hangUp(SocketState.STOPPED);
  }

  /** What is known of it now; from any thread. */
  public SocketVitals vitals() {
    return record.vitals();
  }

  private void turn() {
    Session open = session;
    if (open == null) {
      return;
    }
    later(TURN_NANOS, this::turn);
    open.turn();
    if (session == open) {
      look(open);
    }
  }

  private void look(Session open) {
    switch (record.state()) {
      case UNSERVED -> lookWhileUnserved(open);
      case LIVE -> lookWhileLive(open);
      case CONNECTING, IDLE, WAITING, REFUSED, STOPPED -> {
        // the session itself finds out when nothing comes
      }
    }
  }

  private void lookWhileUnserved(Session open) {
    if (isOfItsProvidersChain()) {
      record.remainsUnserved();
      begin(open);
    } else {
      refuse(open);
    }
  }

  private void lookWhileLive(Session open) {
    if (isIdle()) {
      hangUp(SocketState.IDLE);
    } else if (!isOfItsProvidersChain()) {
      refuse(open);
    } else {
      compare();
      followPending(open);
      if (telling.silentNanos(ticker.nanos()) >= silentNanosMax()) {
        open.fail(SocketTrouble.SILENT);
      }
    }
  }

  /** Its provider turned out to be, or has become, one of another chain. */
  private void refuse(Session open) {
    record.isOfWrongChain(record.chain(), expectedChain().orElse(record.chain()));
    open.fail(SocketTrouble.WRONG_CHAIN);
  }

  /** Its chain is known: to be of use, the chain must be served, and asked about. */
  private void begin(Session open) {
    if (!around.isServed(record.chain())) {
      record.enter(SocketState.UNSERVED);
    } else if (isIdle()) {
      hangUp(SocketState.IDLE);
    } else {
      record.enter(SocketState.CONNECTING);
      open.subscribe();
    }
  }

  private void compare() {
    around
        .chains()
        .of(record.chain())
        .map(ChainLog::current)
        .flatMap(view -> view.tip())
        .map(Block::hash)
        .ifPresent(tip -> {
          if (record.stateNanos() < SETTLING_NANOS) {
            telling.known(tip);
          } else {
            telling.compare(tip, ticker.nanos());
            keepsUp(telling.isComplete());
          }
        });
  }

  private void keepsUp(boolean tells) {
    boolean before = record.isTelling();
    record.tells(tells);
    if (before && !tells) {
      around.news().ceases(record.chain());
    }
  }

  private void followPending(Session open) {
    if (around.news().isPendingWanted(record.chain())) {
      open.followPending();
    } else {
      open.leavePending();
    }
    record.hearsPending(open.hearsPending());
  }

  private long silentNanosMax() {
    long blockMillis = around.networks().byId(record.chain()).blockTimeMillis();
    return Math.clamp(
        (long) (SILENT_BLOCKS * MILLISECONDS.toNanos(blockMillis)),
        SILENT_NANOS_MIN,
        SILENT_NANOS_MAX);
  }

  private boolean isIdle() {
    return record.isIdentified() && around.isIdle().test(record.chain());
  }

  private boolean isOfItsProvidersChain() {
    OptionalLong expected = expectedChain();
    return expected.isEmpty() || record.isOf(expected.getAsLong());
  }

  private OptionalLong expectedChain() {
    return configuredChain.isPresent()
        ? configuredChain
        : record.providerId().map(around::chainOf).orElse(OptionalLong.empty());
  }

  // Ending.

  private void hangUp(SocketState state) {
    next.cancel();
    Session open = session;
    session = null;
    if (open != null) {
      open.close();
    }
    leave(state);
  }

  /** Whoever relied on what it tells looks on his own again. */
  private void leave(SocketState state) {
    boolean told = record.isTelling();
    record.enter(state);
    if (told) {
      around.news().ceases(record.chain());
    }
  }

  private void later(long afterNanos, Runnable action) {
    next.cancel();
    next = ticker.alarm(afterNanos, action);
  }

  /** What follows from what the socket says. */
  private final class Steps implements Session.Owner {

    @Override
    public void identified(long told) {
      Session open = session;
      if (open == null) {
        return;
      }
      long expected = expectedChain().orElse(record.chainOr(told));
      if (told == expected) {
        record.identified(told);
        begin(open);
      } else {
        record.isOfWrongChain(told, expected);
        open.fail(SocketTrouble.WRONG_CHAIN);
      }
    }

    @Override
    public void subscribed() {
      telling = new Telling();
      rarely.reset();
      record.enter(SocketState.LIVE);
      compare();
      around.news().begins(record.chain());
      if (session != null) {
        followPending(session);
      }
    }

    @Override
    public void told(Hash block) {
      if (telling.tells(block, ticker.nanos())) {
        record.told();
        around.news().told(record.chain(), record.providerId(), block);
      }
      if (record.stateNanos() >= SETTLING_NANOS) {
        compare();
      }
    }

    @Override
    public void toldPending(Hash transaction) {
      record.toldPending();
      around.news().pending(record.chain(), transaction);
    }

    @Override
    public void ignored() {
      record.ignored();
    }

    @Override
    public void ended(SocketTrouble trouble) {
      session = null;
      boolean wasSteady = record.state() == SocketState.LIVE && record.stateNanos() >= STEADY_NANOS;
      if (wasSteady && record.isOfUse()) {
        soon.reset();
      }
      record.ended(trouble);
      boolean isLasting = trouble.isLasting();
      leave(isLasting ? SocketState.REFUSED : SocketState.WAITING);
      later(isLasting ? rarely.nextNanos() : soon.nextNanos(), SocketWatch.this::start);
    }
  }
}
