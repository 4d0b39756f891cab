package io.jethproxy.transport;

import io.jethproxy.call.Ticker;
import io.jethproxy.call.Trouble;
import io.jethproxy.fleet.Transport;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request to one provider, from sending to its end. Used on one event loop only. */
final class HttpExchange implements Transport.Exchange {

  /** A loser may still finish, which spares the connection; but not for long. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final byte[] body;
  private final String traceparent;
  private final Ticker ticker;
  private final Consumer<Exchanged> inbox;
  private Ticker.@Nullable Alarm alarm;
  private @Nullable Connection connection;

  private boolean done;
  private boolean retried;

  /**
   * @param traceparent the header of that name; empty for none
   */
  HttpExchange(
      byte[] body,
      String traceparent,
      long timeoutNanos,
      Ticker ticker,
      Consumer<Exchanged> inbox) {
    this.body = body;
    this.traceparent = traceparent;
    this.ticker = ticker;
    this.inbox = inbox;
    this.alarm = ticker.alarm(timeoutNanos, this::expired);
  }

  byte[] body() {
    return body;
  }

  String traceparent() {
    return traceparent;
  }

  boolean isDone() {
    return done;
  }

  /** The connection that carries the request from now on. */
  void carriedBy(Connection carrier) {
    connection = carrier;
  }

  /** Whether a request that met a dying connection may go out once more; true once at most. */
  boolean mayRetry() {
    if (done || retried) {
      return false;
    }
    retried = true;
    connection = null;
    return true;
  }

  void finish(Exchanged end) {
    if (done) {
      return;
    }
    done = true;
    silence();
    inbox.accept(end);
  }

  /** The carrier is free again: nothing is left to wait for. */
  void released() {
    connection = null;
    silence();
  }

  @Override
  public void cancel() {
    done = true;
    silence();
    drop();
  }

  @Override
  public void forget() {
    if (done) {
      return;
    }
    done = true;
    silence();
    if (connection != null) {
      alarm = ticker.alarm(LINGER_NANOS, this::drop);
    }
  }

  private void expired() {
    alarm = null;
    Trouble trouble = connection == null ? Trouble.CONNECT_TIMEOUT : Trouble.TIMEOUT;
    drop();
    finish(new Exchanged.Failed(trouble));
  }

  private void drop() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  private void silence() {
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
  }
}
