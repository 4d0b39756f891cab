package io.jethproxy.observe;

import io.jethproxy.call.Journal;
import io.jethproxy.call.Trouble;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one network, looked up once and kept, so that a call costs a few array and map
 * reads and no labels.
 */
@SuppressWarnings("EnumOrdinal") // only as an index into arrays of this process
final class NetworkMeters {

  /** Providers come from the configuration; more than these are counted together. */
  private static final int PROVIDERS_MAX = 1_000;

  private final MeterRegistry registry;
  private final String network;
  private final ConcurrentHashMap<String, AtomicReferenceArray<@Nullable Counter>> byMethod =
      new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, ProviderMeters> byProvider = new ConcurrentHashMap<>();
  private final AtomicReferenceArray<@Nullable Timer> durations =
      new AtomicReferenceArray<>(ServedBy.values().length);
  private final Counter hedges;

  NetworkMeters(MeterRegistry registry, String network) {
    this.registry = registry;
    this.network = network;
    this.hedges = MetricNames.hedges(registry, network);
  }

  /**
   * Counts a call.
   *
   * @param methodGroup a known method or {@code other}: the caller bounds it
   */
  void request(String methodGroup, int outcomeIndex) {
    AtomicReferenceArray<@Nullable Counter> outcomes = byMethod.get(methodGroup);
    if (outcomes == null) {
      outcomes =
          byMethod.computeIfAbsent(
              methodGroup, _ -> new AtomicReferenceArray<>(OutcomeLabel.ALL.size()));
    }
    Counter counter = outcomes.get(outcomeIndex);
    if (counter == null) {
      // The registry gives the same counter to two threads that come here at once.
      String outcome = OutcomeLabel.ALL.get(outcomeIndex);
      counter = MetricNames.requests(registry, network, methodGroup, outcome);
      outcomes.set(outcomeIndex, counter);
    }
    counter.increment();
  }

  void duration(ServedBy servedBy, long nanos) {
    Timer timer = durations.get(servedBy.ordinal());
    if (timer == null) {
      timer = MetricNames.requestDuration(registry, network, servedBy.label());
      durations.set(servedBy.ordinal(), timer);
    }
    timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  void hedges(int count) {
    if (count > 0) {
      hedges.increment(count);
    }
  }

  /**
   * Counts an attempt.
   *
   * @param methodGroup see {@link #request}
   */
  void attempt(String methodGroup, Journal.Entry entry) {
    ProviderMeters meters = byProvider.get(entry.provider());
    if (meters == null) {
      String id = byProvider.size() < PROVIDERS_MAX ? entry.provider() : MetricNames.OTHER;
      meters = byProvider.computeIfAbsent(id, provider -> new ProviderMeters(provider));
    }
    meters.attempt(entry.trouble(), entry.nanos());
    if (entry.trouble() == Trouble.WRONG_ANSWER) {
      MetricNames.verifyFailures(registry, network, meters.provider, methodGroup).increment();
    }
  }

  /** The meters of one provider: the last slot counts what went well. */
  private final class ProviderMeters {
    private static final Trouble[] TROUBLES = Trouble.values();

    private final String provider;
    private final AtomicReferenceArray<@Nullable Counter> results =
        new AtomicReferenceArray<>(TROUBLES.length + 1);
    private final Timer duration;

    ProviderMeters(String provider) {
      this.provider = provider;
      this.duration = MetricNames.attemptDuration(registry, network, provider);
    }

    void attempt(@Nullable Trouble trouble, long nanos) {
      int slot = trouble == null ? TROUBLES.length : trouble.ordinal();
      Counter counter = results.get(slot);
      if (counter == null) {
        String result = trouble == null ? "ok" : trouble.label();
        counter = MetricNames.attempts(registry, network, provider, result);
        results.set(slot, counter);
      }
      counter.increment();
      duration.record(nanos, TimeUnit.NANOSECONDS);
    }
  }
}
