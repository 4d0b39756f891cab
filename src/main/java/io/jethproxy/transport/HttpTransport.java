package io.jethproxy.transport;

import io.jethproxy.call.Defects;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.fleet.Transport;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Wire;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/1.1 to one provider: a {@link Lane} of connections for each event loop, and the verdict on
 * each answer. Redirects are never followed: they would carry the key to a stranger.
 */
public final class HttpTransport implements Transport {

  private static final Logger LOG = LoggerFactory.getLogger(HttpTransport.class);

  /**
   * What all transports of a gateway share.
   *
   * @param ticker time
   * @param loops where the connections live
   * @param tls the client's TLS settings, made when first needed
   * @param classify the verdicts
   * @param budget bytes of answers under way
   * @param lookups where host names are looked up; may block
   * @param bodyBytesMax the largest answer that is accepted
   */
  public record Shared(
      Ticker ticker,
      Loops loops,
      Supplier<SslContext> tls,
      Classify classify,
      BodyBudget budget,
      Executor lookups,
      long bodyBytesMax) {}

  private final String providerId;
  private final String vendor;
  private final Target target;
  private final Shared shared;
  private final Addresses addresses;
  private final Defects defects;
  private final List<LoopLane> all = new CopyOnWriteArrayList<>();
  private final FastThreadLocal<@Nullable LoopLane> ofThisLoop = new FastThreadLocal<>();

  /** A lane with the ids of its requests. */
  private static final class LoopLane {
    final EventLoop loop;
    final Lane lane;
    long lastId;

    LoopLane(EventLoop loop, Lane lane) {
      this.loop = loop;
      this.lane = lane;
    }
  }

  /**
   * @param providerId named in each outcome
   * @param vendor whose dialect of errors to expect; empty when unknown
   */
  public HttpTransport(String providerId, String vendor, Target target, Shared shared) {
    this.providerId = providerId;
    this.vendor = vendor;
    this.target = target;
    this.shared = shared;
    this.addresses = new Addresses(target.host(), target.port(), shared.ticker(), shared.lookups());
    this.defects = new Defects(LOG, shared.ticker());
  }

  @Override
  public Exchange send(String method, RawJson params, long timeoutNanos, Consumer<Outcome> inbox) {
    return send(method, params, "", timeoutNanos, inbox);
  }

  @Override
  public Exchange send(
      String method,
      RawJson params,
      String traceparent,
      long timeoutNanos,
      Consumer<Outcome> inbox) {
    LoopLane lane = lane();
    long id = ++lane.lastId;
    HttpExchange exchange =
        new HttpExchange(
            Wire.request(id, method, params),
            traceparent,
            timeoutNanos,
            shared.ticker(),
            end -> deliver(inbox, method, id, end));
    lane.lane.submit(exchange);
    return exchange;
  }

  /** Whatever is thrown would otherwise end in a connection that is closed without a word. */
  private void deliver(Consumer<Outcome> inbox, String method, long id, Exchanged end) {
    try {
      inbox.accept(read(method, id, end));
    } catch (Throwable defect) {
      defects.log(providerId, "while taking an answer of a provider", defect);
      throw defect;
    }
  }

  private Outcome read(String method, long id, Exchanged end) {
    try {
      return outcomeOf(method, id, end);
    } catch (Throwable defect) {
      defects.log(providerId, "while reading an answer of a provider", defect);
      return new Outcome.Unserved(Trouble.INTERNAL, providerId);
    }
  }

  /**
   * Sends a body as it is and delivers the response unread, on the calling event loop: for finding
   * out what a provider can do, not for calls.
   *
   * @param body JSON
   * @param timeoutNanos bounds connecting, waiting and the whole body; positive
   * @param inbox gets the response; empty when none came whole
   */
  public void sendBody(byte[] body, long timeoutNanos, Consumer<Optional<HttpReply>> inbox) {
    lane()
        .lane
        .submit(
            new HttpExchange(
                body,
                "",
                timeoutNanos,
                shared.ticker(),
                end ->
                    inbox.accept(
                        switch (end) {
                          case Exchanged.Response(var reply) -> Optional.of(reply);
                          case Exchanged.Failed _ -> Optional.empty();
                        })));
  }

  private Outcome outcomeOf(String method, long id, Exchanged end) {
    return switch (end) {
      case Exchanged.Failed(var trouble) -> new Outcome.Unserved(trouble, providerId);
      case Exchanged.Response(var reply) ->
          switch (shared.classify().of(new Question(method, vendor, id), reply)) {
            case Verdict.Serve(io.jethproxy.rpc.Result(var value)) ->
                new Outcome.Answer(value, providerId, true);
            case Verdict.Serve(io.jethproxy.rpc.Fault fault) ->
                new Outcome.Rejected(fault, providerId);
            case Verdict.AlreadyKnown(var fault) ->
                new Outcome.Rejected(fault, providerId, Outcome.Rejected.Sense.ALREADY_KNOWN);
            case Verdict.NonceTooLow(var fault) ->
                new Outcome.Rejected(fault, providerId, Outcome.Rejected.Sense.NONCE_TOO_LOW);
            case Verdict.Elsewhere elsewhere ->
                new Outcome.Unserved(
                    elsewhere.trouble(),
                    providerId,
                    elsewhere.retryAfterMillis(),
                    elsewhere.perMethod(),
                    elsewhere.hintedRangeBlocks(),
                    elsewhere.fault());
          };
    };
  }

  private LoopLane lane() {
    LoopLane lane = ofThisLoop.get();
    if (lane == null) {
      EventLoop loop = shared.loops().own();
      lane = new LoopLane(loop, new Lane(this, loop, shared.loops().clientChannelType()));
      ofThisLoop.set(lane);
      all.add(lane);
    }
    return lane;
  }

  /** Closes idle connections; exchanges under way finish. */
  public void close() {
    all.forEach(lane -> lane.loop.execute(lane.lane::close));
  }

  Target target() {
    return target;
  }

  Addresses addresses() {
    return addresses;
  }

  @Nullable SslContext tls() {
    return target.tls() ? shared.tls().get() : null;
  }

  BodyBudget budget() {
    return shared.budget();
  }

  long bodyBytesMax() {
    return shared.bodyBytesMax();
  }

  Ticker ticker() {
    return shared.ticker();
  }
}
