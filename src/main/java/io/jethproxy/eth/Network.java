package io.jethproxy.eth;

import java.util.List;
import java.util.Set;

/**
 * One EVM network.
 *
 * @param chainId what {@code eth_chainId} answers, positive
 * @param name the usual name in a path, lower case, such as {@code mainnet}
 * @param aliases other names that are understood in a path, lower case
 * @param blockTimeMillis the usual time between blocks
 * @param quirks what a verifier or router must know, such as {@code op-stack}; lower case
 */
public record Network(
    long chainId, String name, List<String> aliases, int blockTimeMillis, Set<String> quirks) {

  public Network {
    if (chainId <= 0) {
      throw new IllegalArgumentException("chain id: " + chainId + " (expected: > 0)");
    }
    if (blockTimeMillis <= 0) {
      throw new IllegalArgumentException("block time: " + blockTimeMillis + " ms (expected: > 0)");
    }
    aliases = List.copyOf(aliases);
    quirks = Set.copyOf(quirks);
  }
}
