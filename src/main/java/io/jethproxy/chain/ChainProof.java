package io.jethproxy.chain;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.eth.Hex;
import io.jethproxy.fleet.Provider;
import io.jethproxy.rpc.RawJson;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which chain a provider serves, and proves it again: each minute, after the provider was
 * away, and when its head goes back or leaps. One on another chain than before gets no calls.
 */
final class ChainProof {

  private static final Logger LOG = LoggerFactory.getLogger(ChainProof.class);

  private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** A provider whose head jumps with every answer is not checked more often than this. */
  private static final long CHECK_GAP_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How soon to check again what did not look good, or could not be checked. */
  private static final long RECHECK_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** What follows from the answers. */
  interface Steps {
    /** The chain is known: the provider becomes one of its fleet. */
    Provider join(long chainId);

    /** It is the right chain. */
    void proven();

    /** It could not be asked again which chain it is. */
    void unproven();

    /** It did not tell its chain, but ran into this. */
    void untold(Trouble trouble);

    /** It is another chain now. */
    void fenced();
  }

  private final String providerId;
  private final Inquiry inquiry;
  private final boolean isConfigured;
  private final Ticker ticker;
  private final Steps steps;
  private @Nullable Provider provider;
  private long chainId = -1;
  private long checkAtNanos;
  private long checkedNanos;
  private boolean fenced;

  /**
   * @param configuredChain the chain that the configuration says; empty to believe the provider
   */
  ChainProof(
      String providerId,
      Inquiry inquiry,
      OptionalLong configuredChain,
      Ticker ticker,
      Steps steps) {
    this.providerId = providerId;
    this.inquiry = inquiry;
    this.isConfigured = configuredChain.isPresent();
    this.ticker = ticker;
    this.steps = steps;
    checkAtNanos = ticker.nanos();
    checkedNanos = checkAtNanos;
  }

  /** The chain whose fleet the provider is in; empty before it is in one. */
  OptionalLong chainId() {
    return chainId < 0 ? OptionalLong.empty() : OptionalLong.of(chainId);
  }

  boolean isFenced() {
    return fenced;
  }

  boolean isDue() {
    return ticker.nanos() - checkAtNanos >= 0;
  }

  /** The provider is of this chain, as far as is known. */
  Provider join(long chain) {
    chainId = chain;
    Provider joined = steps.join(chain);
    provider = joined;
    return joined;
  }

  /** Asks until it tells. */
  void identify() {
    inquiry.ask(
        "eth_chainId",
        RawJson.ABSENT,
        this::toldChain,
        outcome -> {
          if (isConfigured && !fenced && isClosed(outcome)) {
            vouch();
          } else {
            untold(outcome);
          }
        });
  }

  /** It does not offer the question, but the configuration names its chain. */
  private void vouch() {
    inquiry.ask(
        "net_version",
        RawJson.ABSENT,
        this::toldVersion,
        outcome -> {
          if (isClosed(outcome)) {
            believeConfiguration();
          } else {
            untold(outcome);
          }
        });
  }

  private void untold(Outcome outcome) {
    inquiry.retry(this::identify);
    steps.untold(
        switch (outcome) {
          case Outcome.Unserved unserved -> unserved.trouble();
          case Outcome.Answer _, Outcome.Rejected _ -> Trouble.WRONG_ANSWER;
          case Outcome.Refused _ -> Trouble.INTERNAL;
        });
  }

  private void toldVersion(RawJson result) {
    if (result.is('"' + Long.toString(chainId) + '"')) {
      toldChain(RawJson.of('"' + Hex.quantity(chainId) + '"'));
    } else {
      inquiry.later(RECHECK_NANOS, this::identify);
      steps.untold(Trouble.WRONG_CHAIN);
    }
  }

  private void believeConfiguration() {
    LOG.atWarn()
        .addKeyValue("provider", providerId)
        .log("it tells neither chain nor version; taken for chain {} as configured", chainId);
    toldChain(RawJson.of('"' + Hex.quantity(chainId) + '"'));
  }

  private static boolean isClosed(Outcome outcome) {
    return outcome instanceof Outcome.Unserved unserved
        && unserved.trouble() == Trouble.METHOD_CLOSED;
  }

  private void toldChain(RawJson result) {
    long told = Hex.quantity(result.bytes(), result.from() + 1, result.to() - 1);
    if (told <= 0) {
      inquiry.retry(this::identify);
      steps.untold(Trouble.WRONG_ANSWER);
      return;
    }
    Provider known = provider != null ? provider : join(told);
    known.identified(told);
    inquiry.present();
    if (told == chainId) {
      fenced = false;
      checkedNanos = ticker.nanos();
      checkAtNanos = checkedNanos + CHECK_NANOS;
      steps.proven();
    } else {
      fence(told);
      inquiry.later(RECHECK_NANOS, this::identify);
    }
  }

  private void fence(long told) {
    if (!fenced) {
      LOG.atError()
          .addKeyValue("provider", providerId)
          .log("it serves chain {} (expected: {}); it gets no calls until it does", told, chainId);
    }
    fenced = true;
    steps.fenced();
  }

  /** Proves the chain again. */
  void check() {
    inquiry.present();
    inquiry.ask(
        "eth_chainId",
        RawJson.ABSENT,
        this::toldChain,
        outcome -> {
          boolean hopeless = isClosed(outcome);
          checkAtNanos = ticker.nanos() + (hopeless ? CHECK_NANOS : RECHECK_NANOS);
          steps.unproven();
        });
  }

  /** Proves it again now, but in a loop with the provider's answers never; false when later. */
  boolean checkSoon() {
    long due = checkedNanos + CHECK_GAP_NANOS;
    if (ticker.nanos() - due >= 0) {
      check();
      return true;
    }
    checkAtNanos = due;
    return false;
  }

  /** There is a reason to prove it before the minute is over. */
  void recheck() {
    checkAtNanos = ticker.nanos() + RECHECK_NANOS;
  }
}
