package io.jethproxy.server;

import io.jethproxy.eth.Network;
import io.jethproxy.verify.Profile;
import io.jethproxy.verify.Verify;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the status page says of the checks that hold on a network. */
final class ProfileStatus {

  private ProfileStatus() {}

  /** By aspect: its state, and why it is not on. */
  static Map<String, Object> of(Verify verify, Network network) {
    Profile profile = verify.known(network.chainId()).orElseGet(() -> new Profile(network));
    Map<String, Object> json = new LinkedHashMap<>();
    profile
        .states()
        .forEach(
            (aspect, state) -> json.put(word(aspect), aspect(word(state), profile.why(aspect))));
    return json;
  }

  private static Map<String, Object> aspect(String state, String why) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("state", state);
    if (!why.isEmpty()) {
      json.put("reason", why);
    }
    return json;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
