package io.jethproxy.chain;

import io.jethproxy.call.Trouble;
import java.util.Optional;

/**
 * A provider that has not told its chain yet.
 *
 * @param providerId its id
 * @param cause what came instead of its chain the last time; empty before the first answer
 * @param sinceNanos since when that is so, on the ticker's clock
 */
public record Unidentified(String providerId, Optional<Trouble> cause, long sinceNanos) {

  /** The cause in a word, as in metrics and logs; empty before the first answer. */
  public String causeLabel() {
    return cause.map(Trouble::label).orElse("");
  }

  /** Told why a provider cannot be asked for its chain, once for each cause that is new. */
  @FunctionalInterface
  public interface Listener {
    /**
     * @param network the name of the network that it is configured for; empty without one
     */
    void unidentified(String network, String providerId, Trouble cause);
  }
}
