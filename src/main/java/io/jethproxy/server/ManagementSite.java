package io.jethproxy.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operators' listener: metrics, status and health, all read-only. While it listens on loopback
 * it answers only requests that name a loopback host, so that no web page can reach it by a DNS
 * name of its own.
 */
final class ManagementSite implements Site {

  private static final Logger LOG = LoggerFactory.getLogger(ManagementSite.class);

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final boolean loopbackOnly;
  private final Executor workers;
  private final Health health;
  private final Supplier<String> metrics;
  private final Supplier<String> status;

  /**
   * @param loopbackOnly whether the listener is bound to a loopback address
   * @param metrics the Prometheus exposition
   * @param status the status as JSON
   */
  ManagementSite(
      boolean loopbackOnly,
      Executor workers,
      Health health,
      Supplier<String> metrics,
      Supplier<String> status) {
    this.loopbackOnly = loopbackOnly;
    this.workers = workers;
    this.health = health;
    this.metrics = metrics;
    this.status = status;
  }

  @Override
  public void answer(HttpQuestion question, Consumer<HttpAnswer> reply) {
    // Metrics and status take milliseconds: not on the loop that serves clients.
    try {
      workers.execute(() -> reply.accept(answerOrDefect(question)));
    } catch (RejectedExecutionException e) {
      reply.accept(refusal(503, "too many questions at once"));
    }
  }

  private HttpAnswer answerOrDefect(HttpQuestion question) {
    try {
      return answer(question);
    } catch (Throwable defect) {
      return defect(defect);
    }
  }

  private HttpAnswer answer(HttpQuestion question) {
    if (loopbackOnly && !namesLoopback(question)) {
      return refusal(403, "Host: not this machine (expected: localhost, 127.0.0.1 or [::1])");
    }
    if (!question.method().equals("GET") && !question.method().equals("HEAD")) {
      return refusal(405, "method: not allowed here (expected: GET)")
          .withHeaders(List.of("allow: GET, HEAD"));
    }
    return switch (question.path()) {
      case "/metrics" ->
          new HttpAnswer(
              200,
              "text/plain; version=0.0.4; charset=utf-8",
              List.of(),
              Payload.of(metrics.get()),
              HttpAnswer.Then.STAY);
      case "/status" -> HttpAnswer.json(200, Payload.of(status.get()));
      case "/health" -> health.health();
      case "/ready" -> health.ready();
      default -> refusal(404, "path: not known (expected: /metrics, /status, /health or /ready)");
    };
  }

  private static boolean namesLoopback(HttpQuestion question) {
    String host = question.headers().get(HttpHeaderNames.HOST);
    if (host == null) {
      return false;
    }
    String name = host.replaceFirst(":\\d{1,5}$", "").toLowerCase(Locale.ROOT);
    return LOOPBACK.contains(name);
  }

  @Override
  public HttpAnswer refusal(int status, String message) {
    return JsonRefusal.of(status, message, "");
  }

  @Override
  public HttpAnswer defect(Throwable cause) {
    String requestId = Long.toHexString(ThreadLocalRandom.current().nextLong());
    LOG.atError()
        .addKeyValue("request", requestId)
        .setCause(cause)
        .log("a defect in the management listener");
    return JsonRefusal.of(500, "internal error of the gateway", requestId);
  }
}
