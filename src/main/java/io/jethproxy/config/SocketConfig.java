package io.jethproxy.config;

import io.jethproxy.fleet.Secret;
import java.util.Map;
import java.util.Optional;

/**
 * A socket to a provider that tells of new blocks.
 *
 * @param id the name that users see, unique among sockets: that of the provider it belongs to, else
 *     one derived as those of providers are, such as {@code alchemy-ws} or {@code ws-1}
 * @param url {@code ws} or {@code wss}
 * @param headers further headers of the handshake
 * @param network name or chain id that is expected; without it, what it tells counts
 * @param providerId the provider that it belongs to; empty when that is not known
 */
public record SocketConfig(
    String id,
    Secret url,
    Map<String, Secret> headers,
    Optional<String> network,
    Optional<String> providerId) {

  public SocketConfig {
    headers = Map.copyOf(headers);
  }
}
