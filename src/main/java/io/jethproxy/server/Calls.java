package io.jethproxy.server;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Audience;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Moment;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Ticker;
import io.jethproxy.call.TraceContext;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.observe.Concluded;
import io.jethproxy.observe.Observer;
import io.jethproxy.observe.Tracing;
import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.Request;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes calls of requests, sends them down the pipeline and closes their journals. */
public final class Calls {

  private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

  /**
   * How long a client waits at most.
   *
   * @param request for usual methods
   * @param longRequest for logs, traces and proofs
   */
  public record Config(Duration request, Duration longRequest) {

    public Config {
      requirePositive("requestTimeoutSeconds", request);
      requirePositive("longRequestTimeoutSeconds", longRequest);
    }

    private static void requirePositive(String name, Duration value) {
      if (!value.isPositive()) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
      }
    }
  }

  private final Handler pipeline;
  private final Methods methods;
  private final Ticker ticker;
  private final Observer observer;
  private final Tracing tracing;
  private final UnaryOperator<Fault> discretion;
  private final long requestNanos;
  private final long longRequestNanos;
  private final AtomicLong numbers =
      new AtomicLong(ThreadLocalRandom.current().nextLong() >>> 16 << 12);
  private final AtomicLong open = new AtomicLong();

  /**
   * @param tracing told of batches; of calls, as one of the observers
   * @param discretion takes what no client may see out of a provider's error
   */
  public Calls(
      Handler pipeline,
      Methods methods,
      Ticker ticker,
      Config config,
      Observer observer,
      Tracing tracing,
      UnaryOperator<Fault> discretion) {
    this.pipeline = pipeline;
    this.methods = methods;
    this.ticker = ticker;
    this.observer = observer;
    this.tracing = tracing;
    this.discretion = discretion;
    this.requestNanos = config.request().toNanos();
    this.longRequestNanos = config.longRequest().toNanos();
  }

  /**
   * Answers one request.
   *
   * @param audience who hears what comes after the answer
   * @param moment shared by the requests of one batch
   * @param trace where the call stands in a trace
   * @param then called on the calling loop: once, and once more with an internal error if it throws
   */
  void start(
      Network network,
      Request request,
      Abandonment abandonment,
      Audience audience,
      Moment moment,
      TraceContext trace,
      BiConsumer<Call, Outcome> then) {
    long now = ticker.nanos();
    MethodSpec method = methods.of(request.method());
    boolean slow = method.pace() == MethodSpec.Pace.SLOW;
    Call call =
        new Call(
            network,
            request,
            method,
            new Deadline(now + (slow ? longRequestNanos : requestNanos)),
            new Journal(now, numbers.incrementAndGet(), trace),
            abandonment,
            moment,
            audience);
    open.incrementAndGet();
    handle(call)
        .whenComplete((outcome, defect) -> {
          open.decrementAndGet();
          Outcome known = defect == null ? discreet(call, outcome) : broken(call, defect);
          observe(call, known);
          tell(then, call, known);
        });
  }

  /** Where in a trace a call, or a batch, begins. */
  TraceContext traceOf(Asker asker) {
    return tracing.isOn() ? tracing.begin(asker.traceparent()) : TraceContext.NONE;
  }

  /** What to do when all items of a batch that began now are answered. */
  Runnable batchBegan(TraceContext trace, int items) {
    if (!trace.sampled()) {
      return () -> {};
    }
    long startNanos = ticker.nanos();
    return () -> {
      try {
        tracing.batchConcluded(trace, items, startNanos, ticker.nanos());
      } catch (RuntimeException defect) {
        LOG.error("a defect while recording a batch", defect); // its answer is still to be sent
      }
    };
  }

  // The future would keep a defect to itself, and the client would wait.

  private void observe(Call call, Outcome outcome) {
    try {
      observer.concluded(new Concluded(call.journal().requestId(), call, outcome, ticker.nanos()));
    } catch (Throwable defect) {
      log(call, defect);
    }
  }

  private static void tell(BiConsumer<Call, Outcome> then, Call call, Outcome outcome) {
    try {
      then.accept(call, outcome);
    } catch (Throwable defect) {
      then.accept(call, broken(call, defect));
    }
  }

  private CompletableFuture<Outcome> handle(Call call) {
    try {
      return pipeline.handle(call);
    } catch (Throwable defect) {
      return CompletableFuture.failedFuture(defect);
    }
  }

  private Outcome discreet(Call call, Outcome outcome) {
    try {
      return outcome instanceof Outcome.Rejected(var fault, var by, var sense)
          ? new Outcome.Rejected(discretion.apply(fault), by, sense)
          : outcome;
    } catch (Throwable defect) {
      return broken(call, defect);
    }
  }

  private static Outcome broken(Call call, Throwable defect) {
    log(call, defect);
    return new Outcome.Refused(
        new Refusal(Refusal.Kind.INTERNAL, "internal error of the gateway", "internal"));
  }

  private static void log(Call call, Throwable defect) {
    LOG.atError()
        .addKeyValue("request", call.journal().requestId())
        .setCause(defect)
        .log("a defect while answering {}", call.method().name());
  }

  /** An id, like those of calls, for what never becomes one. */
  String nextRequestId() {
    return new Journal(ticker.nanos(), numbers.incrementAndGet()).requestId();
  }

  /** Calls that have begun and not ended. */
  public long open() {
    return open.get();
  }
}
