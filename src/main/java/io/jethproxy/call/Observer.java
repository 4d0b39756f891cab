package io.jethproxy.call;

/** Reads what a call's journal says when the call is over. */
@FunctionalInterface
public interface Observer {

  /** Called once for each call, on the call's loop; must be quick and must not throw. */
  void closed(Call call, Outcome outcome);
}
