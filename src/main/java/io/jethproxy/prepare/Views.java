package io.jethproxy.prepare;

import io.jethproxy.call.Call;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.View;

/** The view of the chain that a call, and whatever came with it, is answered from. */
final class Views {

  private Views() {}

  /** The same one for a whole batch, whatever happens to the chain meanwhile. */
  static View of(Call call, Chains chains) {
    return call.moment().fix(View.class, () -> chains.view(call.network().chainId()));
  }
}
