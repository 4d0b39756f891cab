package io.jethproxy.admit;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Stage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The first stage: turns away methods that are not for strangers, and calls beyond what the gateway
 * can hold. First, because refusing must cost nothing.
 */
public final class Admit implements Stage {

  /**
   * @param exposeTraceMethods whether {@code debug_}, {@code trace_} and {@code txpool_} reads are
   *     open to everybody
   * @param callsMax calls under way at one time; beyond it calls are shed
   */
  public record Config(boolean exposeTraceMethods, int callsMax) {

    public Config {
      if (callsMax <= 0) {
        throw new IllegalArgumentException("callsMax: " + callsMax + " (expected: > 0)");
      }
    }
  }

  private final Config config;
  private final AtomicInteger open = new AtomicInteger();

  public Admit(Config config) {
    this.config = config;
  }

  @Override
  public CompletableFuture<Outcome> handle(Call call, Handler next) {
    return switch (verdict(call)) {
      case LOCAL -> next.handle(call);
      case OPEN -> handleWithinBounds(call, next);
      case DENIED -> refuse("the method does not exist or is not allowed here", "not_allowed");
      case SUBSCRIPTION ->
          refuse("subscriptions need a WebSocket (over HTTP use: eth_getLogs)", "needs_websocket");
    };
  }

  private enum Verdict {
    OPEN,
    LOCAL,
    DENIED,
    SUBSCRIPTION
  }

  private Verdict verdict(Call call) {
    return switch (call.method().exposure()) {
      case DENIED -> Verdict.DENIED;
      case LOCAL -> Verdict.LOCAL;
      case TRACE -> config.exposeTraceMethods() ? ofEffect(call) : Verdict.DENIED;
      case OPEN, PRIVATE -> ofEffect(call);
    };
  }

  private static Verdict ofEffect(Call call) {
    return switch (call.method().effect()) {
      case READ, BROADCAST, PRIVATE_SEND, FILTER -> Verdict.OPEN;
      case SUBSCRIPTION -> call.audience().line().isPresent() ? Verdict.OPEN : Verdict.SUBSCRIPTION;
      case NODE -> Verdict.DENIED;
    };
  }

  private CompletableFuture<Outcome> handleWithinBounds(Call call, Handler next) {
    if (open.incrementAndGet() > config.callsMax()) {
      open.decrementAndGet();
      return completed(
          new Refusal(
              Refusal.Kind.OVERLOADED,
              "the gateway is full (limit: " + config.callsMax() + " calls at once)",
              "overload",
              1_000,
              List.of()));
    }
    try {
      return next.handle(call).whenComplete((outcome, defect) -> open.decrementAndGet());
    } catch (Throwable defect) {
      open.decrementAndGet();
      throw defect;
    }
  }

  private static CompletableFuture<Outcome> refuse(String message, String reason) {
    return completed(new Refusal(Refusal.Kind.METHOD_NOT_FOUND, message, reason));
  }

  private static CompletableFuture<Outcome> completed(Refusal refusal) {
    return CompletableFuture.completedFuture(new Outcome.Refused(refusal));
  }
}
