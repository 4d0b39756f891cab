package io.jethproxy.observe;

import io.jethproxy.fleet.Secret;
import java.net.URI;
import java.util.Optional;

/**
 * A Loki and how it wants to be spoken to.
 *
 * @param push the URL of its push API, {@code http} or {@code https}, without a user
 * @param authorization the value of that header
 * @param tenant the value of {@code X-Scope-OrgID}
 * @param structuredMetadata whether key-values are sent besides the line
 * @param instance tells replicas apart in the metadata; empty when it is not known
 */
public record LokiTarget(
    URI push,
    Optional<Secret> authorization,
    Optional<String> tenant,
    boolean structuredMetadata,
    String instance) {

  /** Nothing of the URL: it may hold a secret. */
  @Override
  public String toString() {
    return "LokiTarget";
  }
}
