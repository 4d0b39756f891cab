package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.HOURS;

import io.jethproxy.call.Ticker;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which methods that not everybody has each provider offers, as surveys found. One that refuses a
 * method is believed by {@link MethodMarks} for minutes; here a whole family of methods counts as
 * refused until a later survey, or an answer, says otherwise, so that calls go to who has them.
 *
 * <p>Guarded by its own lock, which nothing is done under but look-ups; at most {@value
 * Holdings#PROVIDERS_MAX} providers, of which the one longest without use is forgotten.
 */
public final class Offers {

  /** Families of methods that a provider offers as a whole, or not. */
  public enum Family {
    DEBUG,
    TRACE,
    PROOFS,
    BLOCK_RECEIPTS;

    /** The one that a method is of; empty for methods that everybody offers. */
    public static Optional<Family> of(String method) {
      return switch (method) {
        case "eth_getProof" -> Optional.of(PROOFS);
        case "eth_getBlockReceipts" -> Optional.of(BLOCK_RECEIPTS);
        default -> {
          if (method.startsWith("debug_")) {
            yield Optional.of(DEBUG);
          }
          yield method.startsWith("trace_") ? Optional.of(TRACE) : Optional.empty();
        }
      };
    }
  }

  private record Found(boolean offered, long untilNanos) {}

  private static final long FOUND_NANOS = HOURS.toNanos(Holdings.FOUND_HOURS);

  private final Ticker ticker;
  private final Map<String, Map<Family, Found>> byProvider = new LinkedHashMap<>(16, 0.75f, true);

  public Offers(Ticker ticker) {
    this.ticker = ticker;
  }

  /** A survey found whether the provider offers the methods, or an answer showed that it does. */
  public synchronized void found(String provider, Family family, boolean offered) {
    byProvider
        .computeIfAbsent(provider, _ -> new EnumMap<>(Family.class))
        .put(family, new Found(offered, ticker.nanos() + FOUND_NANOS));
    if (byProvider.size() > Holdings.PROVIDERS_MAX) {
      byProvider.remove(byProvider.keySet().iterator().next());
    }
  }

  /** Whether the provider offers the methods; empty when no survey has found out. */
  public synchronized Optional<Boolean> offers(String provider, Family family) {
    Map<Family, Found> families = byProvider.get(provider);
    Found found = families == null ? null : families.get(family);
    return found == null || ticker.nanos() - found.untilNanos() >= 0
        ? Optional.empty()
        : Optional.of(found.offered());
  }

  /** False when the provider is known to refuse the methods. */
  public boolean mayOffer(String provider, Family family) {
    return offers(provider, family).orElse(true);
  }
}
