package io.jethproxy.app;

import io.jethproxy.call.Deadline;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.transport.HttpReply;
import io.jethproxy.transport.HttpTransport;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The gateway's own transport to one provider, for code that may wait. One thread at a time. */
final class ProviderWire {

  private final String providerId;
  private final HttpTransport transport;
  private final EventLoop loop;
  private final Ticker ticker;
  private final long timeoutNanos;
  private final Deadline deadline;

  /**
   * A wire that is of use until the deadline.
   *
   * @param loop where the transport lives
   * @param timeoutNanos bounds each call
   */
  ProviderWire(
      String providerId,
      HttpTransport transport,
      EventLoop loop,
      Ticker ticker,
      long timeoutNanos,
      Deadline deadline) {
    this.providerId = providerId;
    this.transport = transport;
    this.loop = loop;
    this.ticker = ticker;
    this.timeoutNanos = timeoutNanos;
    this.deadline = deadline;
  }

  /** Asks and waits for the outcome: one of those that {@link HttpTransport#send} gives. */
  Outcome ask(String method, String params) throws InterruptedException {
    long left = leftNanos();
    if (left <= 0) {
      return new Outcome.Unserved(Trouble.TIMEOUT, providerId);
    }
    BlockingQueue<Outcome> inbox = new LinkedBlockingQueue<>(1);
    loop.execute(() -> transport.send(method, RawJson.of(params), left, inbox::add));
    return inbox.take();
  }

  /** Sends a body and waits for the response; empty when none came. */
  Optional<HttpReply> post(String json) throws InterruptedException {
    long left = leftNanos();
    if (left <= 0) {
      return Optional.empty();
    }
    BlockingQueue<Optional<HttpReply>> inbox = new LinkedBlockingQueue<>(1);
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    loop.execute(() -> transport.sendBody(body, left, inbox::add));
    return inbox.take();
  }

  long nanos() {
    return ticker.nanos();
  }

  private long leftNanos() {
    return Math.min(timeoutNanos, deadline.left(ticker.nanos()));
  }
}
