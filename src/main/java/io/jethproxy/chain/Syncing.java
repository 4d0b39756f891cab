package io.jethproxy.chain;

import io.jethproxy.fleet.Provider;
import io.jethproxy.rpc.RawJson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a provider now and then whether it is syncing: then its head is what it has processed. */
final class Syncing {

  private static final Logger LOG = LoggerFactory.getLogger(Syncing.class);

  private final Inquiry inquiry;
  private final Provider provider;
  private boolean asked;
  private SyncState state = SyncState.DONE;

  Syncing(Inquiry inquiry, Provider provider) {
    this.inquiry = inquiry;
    this.provider = provider;
  }

  /** Time to ask again. */
  void due() {
    asked = false;
  }

  boolean isDue() {
    return !asked;
  }

  boolean isBehind() {
    return state.isBehind();
  }

  /** The head that counts. */
  long limit(long head) {
    return state.limit(head);
  }

  void ask(Runnable then) {
    asked = true;
    inquiry.ask(
        "eth_syncing",
        RawJson.ABSENT,
        result -> {
          told(SyncState.of(result));
          then.run();
        },
        _ -> then.run());
  }

  private void told(SyncState told) {
    if (told.isBehind()) {
      if (!state.isBehind()) {
        LOG.atWarn()
            .addKeyValue("provider", provider.id())
            .log("it is syncing, at block {} of {}", told.current(), told.highest());
      }
      provider.learnHead(told.limit(provider.head()));
    }
    state = told;
  }
}
