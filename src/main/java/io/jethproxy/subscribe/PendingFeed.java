package io.jethproxy.subscribe;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Expenses;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.Slices;
import io.jethproxy.fleet.Provider;
import io.jethproxy.rpc.RawJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The transactions of one network that wait for a block, as its providers tell of them, each once:
 * one filter at each provider for all clients, asked while clients ask, so that nothing runs when
 * nobody wants it. Best effort: a provider that knows of none, or is out, is done without, and who
 * asks seldom misses some.
 *
 * <p>From any thread: a short lock for all.
 */
final class PendingFeed {

  /** Hashes that are kept, about 2 MB. */
  static final int HASHES_MAX = 16_384;

  /** Providers are not asked more often than this, however many clients ask. */
  private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** For so long after somebody asked, what comes by itself is of use. */
  private static final long WANTED_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long a provider is left alone that keeps no such filters. */
  private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(60);

  /**
   * What came since.
   *
   * @param hashes in the order in which they came
   * @param end how many came in all
   */
  record News(List<Hash> hashes, long end) {}

  /** The filter at one provider. */
  private static final class Tap {
    private RawJson id = RawJson.ABSENT;
    private long pausedUntilNanos;
  }

  private final Supplier<List<Provider>> providers;
  private final MethodSpec newFilter;
  private final Expenses expenses;
  private final Ticker ticker;
  private final Hash[] ring = new Hash[HASHES_MAX];
  private final Set<Hash> known = new HashSet<>();
  private final Map<String, Tap> taps = new HashMap<>();
  private long count;
  private boolean isAsking;
  private boolean wasWanted;
  private long wantedNanos;
  private long askedNanos;

  /**
   * @param providers those of the network that may be asked now
   * @param newFilter the method that makes a provider's filter
   * @param expenses counts what is asked
   */
  PendingFeed(
      Supplier<List<Provider>> providers, MethodSpec newFilter, Expenses expenses, Ticker ticker) {
    this.providers = providers;
    this.newFilter = newFilter;
    this.expenses = expenses;
    this.ticker = ticker;
    this.askedNanos = ticker.nanos() - PACE_NANOS;
  }

  /** How many hashes came so far. */
  synchronized long count() {
    return count;
  }

  /** A transaction waits for a block. */
  synchronized void add(Hash transaction) {
    if (known.add(transaction)) {
      int place = (int) (count % HASHES_MAX);
      if (count >= HASHES_MAX) {
        known.remove(ring[place]);
      }
      ring[place] = transaction;
      count++;
    }
  }

  /** Whether somebody asked lately. */
  synchronized boolean isWanted() {
    return wasWanted && ticker.nanos() - wantedNanos < WANTED_NANOS;
  }

  /** The hashes from this one on, as far as they are kept. */
  synchronized News since(long seen) {
    List<Hash> hashes = new ArrayList<>();
    for (long i = Math.max(seen, count - HASHES_MAX); i < count; i++) {
      hashes.add(ring[(int) (i % HASHES_MAX)]);
    }
    return new News(hashes, count);
  }

  /**
   * Asks the providers, unless that was done just now; ends on the calling loop when all have
   * answered, or after a second.
   */
  CompletableFuture<Void> refresh() {
    synchronized (this) {
      wasWanted = true;
      wantedNanos = ticker.nanos();
      if (isAsking || ticker.nanos() - askedNanos < PACE_NANOS) {
        return CompletableFuture.completedFuture(null);
      }
      isAsking = true;
    }
    List<CompletableFuture<Void>> asked = new ArrayList<>();
    for (Provider provider : providers.get()) {
      if (provider.quietNanos() == 0 && !provider.standing(newFilter).isOut()) {
        asked.add(ask(provider));
      }
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .whenComplete((_, _) -> ended());
  }

  private synchronized void ended() {
    isAsking = false;
    askedNanos = ticker.nanos();
  }

  private CompletableFuture<Void> ask(Provider provider) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    Tap tap = tap(provider);
    if (ticker.nanos() - tap.pausedUntilNanos < 0) {
      end.complete(null);
    } else if (tap.id.isAbsent()) {
      open(provider, tap, end);
    } else {
      RawJson params = RawJson.of("[" + tap.id.text() + "]");
      probe(
          provider,
          "eth_getFilterChanges",
          params,
          outcome -> {
            if (outcome instanceof Outcome.Answer answer && answer.result().first() == '[') {
              Slices.elements(answer.result())
                  .forEach(each -> Slices.hash(each).ifPresent(this::add));
              end.complete(null);
            } else {
              open(provider, tap, end); // it was started anew, or another of a cluster answers
            }
          });
    }
    return end;
  }

  private void open(Provider provider, Tap tap, CompletableFuture<Void> end) {
    probe(
        provider,
        newFilter.name(),
        RawJson.of("[]"),
        outcome -> {
          boolean isOpen =
              outcome instanceof Outcome.Answer answer && answer.result().first() == '"';
          tap.id = isOpen ? ((Outcome.Answer) outcome).result() : RawJson.ABSENT;
          tap.pausedUntilNanos = ticker.nanos() + (isOpen ? 0 : REFUSED_NANOS);
          end.complete(null);
        });
  }

  private void probe(Provider provider, String method, RawJson params, Consumer<Outcome> inbox) {
    expenses.asked(provider.id(), method);
    provider.probe(method, params, PATIENCE_NANOS, inbox);
  }

  private synchronized Tap tap(Provider provider) {
    return taps.computeIfAbsent(
        provider.id(),
        _ -> {
          Tap tap = new Tap();
          tap.pausedUntilNanos = ticker.nanos();
          return tap;
        });
  }
}
