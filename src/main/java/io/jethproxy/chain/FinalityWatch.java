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
 * Asks each provider which blocks are safe and finalized: when the head has moved, but at most once
 * a second, and every fourth block of a slow chain. One that does not know these tags is left alone
 * for ten minutes; one that fails at the start is asked a few times more, a second apart.
 */
final class FinalityWatch {

  private static final long PAUSE_NANOS_MIN = SECONDS.toNanos(1);
  private static final long PAUSE_NANOS_MAX = SECONDS.toNanos(30);
  private static final long UNSUPPORTED_NANOS = MINUTES.toNanos(10);
  private static final int BLOCKS = 4;
  private static final int FIRST_TRIES = 3;

  private final ChainLog log;
  private final Asking asking;
  private final Ticker ticker;
  private final Map<String, Long> notBefore = new HashMap<>();
  private long askedNanos;
  private long askedAtTip = -1;

  FinalityWatch(ChainLog log, Asking asking, Ticker ticker) {
    this.log = log;
    this.asking = asking;
    this.ticker = ticker;
  }

  /** The head has moved. */
  void moved() {
    long now = ticker.nanos();
    long tip = log.view().tipNumber();
    boolean due =
        askedAtTip < 0
            || now - askedNanos >= PAUSE_NANOS_MAX
            || (tip - askedAtTip >= BLOCKS && now - askedNanos >= PAUSE_NANOS_MIN);
    if (due) {
      askedNanos = now;
      askedAtTip = tip;
      asking.providers().stream()
          .filter(provider -> isAskable(provider, now))
          .forEach(provider -> ask(provider, FIRST_TRIES));
    }
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
