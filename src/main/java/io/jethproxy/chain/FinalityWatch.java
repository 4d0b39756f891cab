package io.jethproxy.chain;

import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.Head;
import io.jethproxy.eth.Header;
import io.jethproxy.fleet.Provider;
import io.jethproxy.rpc.RawJson;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Asks each provider which blocks are safe and finalized: when the head has moved by four blocks,
 * at most once a second and at least each half minute. While nothing new becomes final the pauses
 * grow: on most chains that happens once in minutes. One that does not know these tags is left
 * alone for ten minutes; one that fails at the start is asked a few times more, a second apart.
 */
final class FinalityWatch {

  private static final long PAUSE_NANOS_MIN = SECONDS.toNanos(1);
  private static final long FAST_PAUSE_NANOS_MIN = SECONDS.toNanos(5);
  private static final long PAUSE_NANOS_MAX = SECONDS.toNanos(30);
  private static final long UNSUPPORTED_NANOS = MINUTES.toNanos(10);
  private static final int BLOCKS = 4;
  private static final int FIRST_TRIES = 3;

  private final ChainLog log;
  private final Asking asking;
  private final Ticker ticker;
  private final Map<String, Long> notBefore = new HashMap<>();
  private final long pauseNanosMin;
  private long pauseNanos;
  private long askedNanos;
  private long askedAtTip = -1;
  private Known known = new Known(Optional.empty(), Optional.empty());

  private record Known(Optional<Head> safe, Optional<Head> finalized) {}

  FinalityWatch(ChainLog log, Asking asking, Ticker ticker) {
    this.log = log;
    this.asking = asking;
    this.ticker = ticker;
    pauseNanosMin = Pace.isFast(asking.network()) ? FAST_PAUSE_NANOS_MIN : PAUSE_NANOS_MIN;
    pauseNanos = pauseNanosMin;
  }

  /** The head has moved. */
  void moved() {
    long now = ticker.nanos();
    long tip = log.view().tipNumber();
    boolean due =
        askedAtTip < 0
            || now - askedNanos >= PAUSE_NANOS_MAX
            || (tip - askedAtTip >= BLOCKS && now - askedNanos >= pauseNanos);
    if (due) {
      adapt();
      askedNanos = now;
      askedAtTip = tip;
      asking.providers().stream()
          .filter(provider -> isAskable(provider, now))
          .forEach(provider -> ask(provider, FIRST_TRIES));
    }
  }

  /** Asks more rarely if the last time has told nothing new. */
  private void adapt() {
    Known now = new Known(log.view().safe(), log.view().finalized());
    pauseNanos = now.equals(known) ? Math.min(2 * pauseNanos, PAUSE_NANOS_MAX) : pauseNanosMin;
    known = now;
  }

  private boolean isAskable(Provider provider, long now) {
    Long until = notBefore.get(provider.id());
    return until == null || now - until >= 0;
  }

  private void ask(Provider provider, int tries) {
    Runnable failed = () -> failed(provider, tries - 1);
    block(
        provider,
        "finalized",
        failed,
        finalized ->
            block(
                provider,
                "safe",
                failed,
                safe -> {
                  if (finalized.isEmpty() && safe.isEmpty()) {
                    notBefore.put(provider.id(), ticker.nanos() + UNSUPPORTED_NANOS);
                  }
                  log.claim(provider.id(), asking.groupOf(provider), safe, finalized);
                }));
  }

  /** Matters while nothing is known: those who were heard must not wait for it for long. */
  private void failed(Provider provider, int triesLeft) {
    if (log.view().finalized().isPresent()) {
      return;
    }
    if (triesLeft > 0) {
      ticker.alarm(PAUSE_NANOS_MIN, () -> ask(provider, triesLeft));
    } else {
      log.silentOnFinality(provider.id(), asking.groupOf(provider));
    }
  }

  private void block(
      Provider provider, String tag, Runnable otherwise, Consumer<Optional<Head>> then) {
    asking.one(
        provider,
        "eth_getBlockByNumber",
        RawJson.of("[\"" + tag + "\",false]"),
        outcome -> {
          switch (outcome) {
            case Outcome.Answer(var result, _, _) ->
                then.accept(Header.read(result).flatMap(Header::named));
            case Outcome.Rejected _ -> then.accept(Optional.empty());
            case Outcome.Unserved unserved when unserved.trouble() == Trouble.MISSING_DATA ->
                then.accept(Optional.empty());
            case Outcome.Unserved _, Outcome.Refused _ -> otherwise.run();
          }
        });
  }
}
