package io.jethproxy.cache;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Stage;
import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.View;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Answers what was answered before, if that is still true of the chain as it is now. Above {@link
 * Coalesce}, so that a hit never waits.
 *
 * <p>What may be kept, and for how long, is in {@link Freshness}. From all loops; what is kept
 * survives a reload if the cache does.
 */
public final class Cache implements Stage {

  private static final String BY = "cache";
  private static final long BYTES_MIN = 1 << 20;

  /** A larger part of the room is not given to one answer. */
  private static final int SHARES_MIN = 8;

  /**
   * How much is kept.
   *
   * @param bytesMax memory for answers and their keys, 1 MiB or more
   */
  public record Config(long bytesMax) {

    public static final Config DEFAULTS = new Config(128L << 20);

    public Config {
      if (bytesMax < BYTES_MIN) {
        throw new IllegalArgumentException(
            "bytesMax: " + bytesMax + " (expected: >= " + BYTES_MIN + " bytes)");
      }
    }
  }

  /**
   * What the cache did for one method since the start.
   *
   * @param method its name, or {@code other} for those without a row in the method table
   * @param misses calls that looked for an answer and did not find one that is still true
   * @param stored answers that were kept
   * @param evicted answers that had to make room for others
   * @param bytes held now
   * @param notCached how often an answer was not kept, or not looked for, by reason
   */
  public record MethodUsage(
      String method,
      long hits,
      long misses,
      long stored,
      long evicted,
      long bytes,
      Map<String, Long> notCached) {

    public MethodUsage {
      notCached = Map.copyOf(notCached);
    }
  }

  private final Chains chains;
  private final Ticker ticker;
  private final Usage usage;
  private final Store store;
  private final long bytesMax;
  private final long entryBytesMax;
  private final Eras eras = new Eras();

  /**
   * @param isKnown whether a method's name may be a label, see {@link MethodUsage}
   */
  public Cache(Chains chains, Ticker ticker, Predicate<String> isKnown, Config config) {
    this.chains = chains;
    this.ticker = ticker;
    this.usage = new Usage(isKnown);
    this.store = new MemoryStore(config.bytesMax(), this::forgotten);
    this.bytesMax = config.bytesMax();
    this.entryBytesMax = config.bytesMax() / SHARES_MIN;
  }

  @Override
  public CompletableFuture<Outcome> handle(Call call, Handler next) {
    long chainId = call.network().chainId();
    View now = call.moment().fix(View.class, () -> chains.view(chainId));
    boolean isKnown = now.tip().isPresent();
    View view = isKnown ? now : chains.lastView(chainId); // what is final stays true
    Usage.Row row = usage.of(call.method().name());
    Plan plan = Freshness.plan(call.method(), call.request().params(), view);
    if (plan instanceof Plan.Unstorable(NotCached why)) {
      row.not(why);
      return next.handle(call);
    }
    Key key = Key.of(chainId, call.method().name(), call.request().params());
    if (key == null) {
      row.not(NotCached.PARAMS);
      return next.handle(call);
    }
    Optional<Entry> kept = store.get(key);
    if (kept.isPresent()
        && (isKnown || kept.get().validity().outlivesTheView())
        && isTrue(kept.get(), chainId, view)) {
      row.hits.increment();
      call.journal().servedBy(BY);
      return CompletableFuture.completedFuture(
          new Outcome.Answer(kept.get().result(), BY, kept.get().isFirm()));
    }
    row.misses.increment();
    return next.handle(call).thenApply(outcome -> keep(outcome, call, key, plan, row));
  }

  private boolean isTrue(Entry entry, long chainId, View view) {
    return entry.validity().holds(view, eras.of(chainId, view), ticker.nanos());
  }

  /** Keeps an answer that will be true again, and hands it on. */
  private Outcome keep(Outcome outcome, Call call, Key key, Plan plan, Usage.Row row) {
    if (!(outcome instanceof Outcome.Answer answer)) {
      row.not(NotCached.ERROR);
      return outcome;
    }
    long chainId = call.network().chainId();
    View view = chains.view(chainId);
    Freshness.Verdict verdict =
        Freshness.settle(
            plan, call.method(), answer.result(), view, eras.of(chainId, view), ticker.nanos());
    switch (verdict) {
      case Freshness.Verdict.Drop(NotCached why) -> row.not(why);
      case Freshness.Verdict.Keep(Validity.InRing _) when !answer.firm() ->
          row.not(NotCached.UNSURE);
      case Freshness.Verdict.Keep(Validity.Newest _) when !answer.firm() ->
          row.not(NotCached.UNSURE);
      case Freshness.Verdict.Keep(Validity validity) -> put(key, answer, validity, row);
    }
    return outcome;
  }

  private void put(Key key, Outcome.Answer answer, Validity validity, Usage.Row row) {
    if (answer.result().length() > entryBytesMax) {
      row.not(NotCached.TOO_LARGE);
      return;
    }
    Entry entry = Entry.of(answer.result(), answer.firm(), validity, row.label);
    long bytes = entry.bytes(key);
    if (bytes > entryBytesMax) {
      row.not(NotCached.TOO_LARGE);
      return;
    }
    row.stored.increment();
    row.bytes.add(bytes);
    store.put(key, entry);
  }

  private void forgotten(String method, long bytes, long evicted) {
    Usage.Row row = usage.of(method);
    row.bytes.add(-bytes);
    row.evicted.add(evicted);
  }

  /** What was done by method, in the order of their names. */
  public List<MethodUsage> usage() {
    return usage.read();
  }

  /** Answers in memory, roughly. */
  public long entries() {
    return store.count();
  }

  /** Bytes that answers may take. */
  public long bytesMax() {
    return bytesMax;
  }

  /** Bytes in memory. */
  public long bytes() {
    return store.bytes();
  }
}
