package io.jethproxy.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Cross-origin requests: refused unless the page's exact origin is configured. Never a wildcard,
 * never credentials, and {@code null} is no origin.
 */
final class Cors {

  private final Set<String> origins;

  /**
   * @param origins such as {@code https://app.example}; empty turns CORS off
   */
  Cors(Set<String> origins) {
    this.origins = Set.copyOf(origins);
  }

  HttpAnswer preflight(HttpQuestion question, Site site) {
    return allowedOrigin(question)
        .map(origin ->
            HttpAnswer.empty(204)
                .withHeaders(
                    List.of(
                        "access-control-allow-origin: " + origin,
                        "access-control-allow-methods: POST",
                        "access-control-allow-headers: content-type, authorization, x-api-key",
                        "access-control-max-age: 600",
                        "vary: origin")))
        .orElseGet(() -> site.refusal(403, "Origin: not allowed here"));
  }

  /** Lets the page of an allowed origin read the answer. */
  Consumer<HttpAnswer> marked(HttpQuestion question, Consumer<HttpAnswer> reply) {
    Optional<String> origin = allowedOrigin(question);
    if (origin.isEmpty()) {
      return reply;
    }
    List<String> headers =
        List.of(
            "access-control-allow-origin: " + origin.get(),
            "access-control-expose-headers: retry-after",
            "vary: origin");
    return answer -> reply.accept(answer.withHeaders(headers));
  }

  /** Whether a page may open a WebSocket; who names no origin is no page. */
  boolean admits(HttpQuestion question) {
    return !question.headers().contains(HttpHeaderNames.ORIGIN)
        || allowedOrigin(question).isPresent();
  }

  private Optional<String> allowedOrigin(HttpQuestion question) {
    if (origins.isEmpty()) {
      return Optional.empty();
    }
    List<String> named = question.headers().getAll(HttpHeaderNames.ORIGIN);
    return named.size() == 1 && origins.contains(named.getFirst())
        ? Optional.of(named.getFirst())
        : Optional.empty();
  }
}
