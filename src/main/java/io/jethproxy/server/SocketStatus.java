package io.jethproxy.server;

import io.jethproxy.call.Ticker;
import io.jethproxy.eth.Networks;
import io.jethproxy.hints.SocketVitals;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the status page says of one socket to a provider. */
final class SocketStatus {

  private SocketStatus() {}

  static Map<String, Object> of(SocketVitals vitals, Networks networks, Ticker ticker) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", vitals.id());
    json.put("provider", vitals.providerId().orElse("unknown"));
    json.put("network", vitals.networkName(networks));
    json.put("state", vitals.state().label());
    json.put("cause", vitals.cause().map(trouble -> trouble.label()).orElse(""));
    json.put("stateMillis", ticker.millisSince(vitals.sinceNanos()));
    json.put("keepsUp", vitals.isTelling());
    json.put("hearsPending", vitals.hearsPending());
    json.put("reconnects", vitals.reconnects());
    json.put("notices", vitals.notices());
    json.put("lastNoticeMillis", lastNotice(vitals, ticker));
    json.put("transactions", vitals.transactions());
    json.put("ignored", vitals.ignored());
    return json;
  }

  private static Object lastNotice(SocketVitals vitals, Ticker ticker) {
    return vitals.noticeNanos().isEmpty()
        ? "never"
        : (Object) ticker.millisSince(vitals.noticeNanos().getAsLong());
  }
}
