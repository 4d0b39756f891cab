package io.jethproxy.dispatch;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.fleet.Provider;

/** How each provider is asked the same call, and what to make of what it says. */
interface Phrasing {

  /** What the provider is asked. */
  Wording of(Provider provider);

  /** What the provider is asked after it did not understand; only after a hash was refused. */
  Wording plainly(Provider provider);

  /** What to make of one provider's outcome before it counts; perhaps on another thread. */
  Outcome review(Wording asked, Provider provider, Outcome outcome);

  /** Everybody is asked what the client asks. */
  static Phrasing asIs(Call call, Review review) {
    Wording wording = new Wording(call, Wording.Way.AS_IS);
    return new Phrasing() {
      @Override
      public Wording of(Provider provider) {
        return wording;
      }

      @Override
      public Wording plainly(Provider provider) {
        return wording;
      }

      @Override
      public Outcome review(Wording asked, Provider provider, Outcome outcome) {
        return review.of(asked.call(), provider, outcome);
      }
    };
  }
}
