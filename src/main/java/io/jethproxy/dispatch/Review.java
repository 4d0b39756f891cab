package io.jethproxy.dispatch;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.fleet.Provider;

/** What to make of one provider's outcome before it counts. */
@FunctionalInterface
interface Review {

  Outcome of(Call call, Provider provider, Outcome outcome);
}
