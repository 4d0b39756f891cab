package io.jethproxy.call;

import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.Network;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;

/**
 * One question of one client, on its way down the stages.
 *
 * @param network which chain is asked
 * @param request what came, or what it means exactly
 * @param method what is known of the method
 * @param deadline when the answer must be there
 * @param journal what happened so far
 * @param abandonment whether the client is still there
 * @param moment what is true for it and for whatever came with it
 * @param audience who hears what comes after the answer
 */
public record Call(
    Network network,
    Request request,
    MethodSpec method,
    Deadline deadline,
    Journal journal,
    Abandonment abandonment,
    Moment moment,
    Audience audience) {

  /** A call whose answer is the end of it. */
  public Call(
      Network network,
      Request request,
      MethodSpec method,
      Deadline deadline,
      Journal journal,
      Abandonment abandonment,
      Moment moment) {
    this(network, request, method, deadline, journal, abandonment, moment, Audience.NONE);
  }

  /** A call that came alone. */
  public Call(
      Network network,
      Request request,
      MethodSpec method,
      Deadline deadline,
      Journal journal,
      Abandonment abandonment) {
    this(network, request, method, deadline, journal, abandonment, new Moment());
  }

  /** The same call, as if it came alone and now. */
  public Call anew() {
    return new Call(network, request, method, deadline, journal, abandonment);
  }

  /** The same call with other params. */
  public Call withParams(RawJson params) {
    Request exact = new Request(request.id(), request.method(), params);
    return new Call(network, exact, method, deadline, journal, abandonment, moment, audience);
  }
}
