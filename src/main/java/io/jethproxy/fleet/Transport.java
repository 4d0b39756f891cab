package io.jethproxy.fleet;

import io.jethproxy.call.Outcome;
import io.jethproxy.rpc.RawJson;
import java.util.function.Consumer;

/** The wire to one provider: sends one request, classifies what comes back. */
public interface Transport {

  /**
   * Sends one request and delivers its outcome exactly once, on the calling event loop, unless the
   * exchange is cancelled first. The outcome is an {@link Outcome.Answer}, a {@link
   * Outcome.Rejected} or an {@link Outcome.Unserved}; never an exception.
   *
   * @param method the JSON-RPC method
   * @param params an array, an object, or absent
   * @param timeoutNanos bounds connecting, waiting and the whole body; positive
   */
  Exchange send(String method, RawJson params, long timeoutNanos, Consumer<Outcome> inbox);

  /**
   * Sends one request, as {@link #send(String, RawJson, long, Consumer)} does, that says which
   * trace it belongs to, where the wire has a place for that.
   *
   * @param traceparent as W3C Trace Context has it; empty for none
   */
  default Exchange send(
      String method,
      RawJson params,
      String traceparent,
      long timeoutNanos,
      Consumer<Outcome> inbox) {
    return send(method, params, timeoutNanos, inbox);
  }

  /** One request under way. */
  interface Exchange {
    /**
     * Gives up and stops the provider's work: nothing is delivered afterwards. May cost the
     * connection. Does nothing when the outcome was delivered.
     */
    void cancel();

    /**
     * Loses interest: nothing is delivered afterwards, but the provider may finish, so that the
     * connection lives on.
     */
    void forget();
  }
}
