package io.jethproxy.observe;

import java.util.Locale;

/** Why a push to Loki failed. All but {@link #REFUSED} are tried again. */
public enum LokiTrouble {
  /** No connection: nobody listens, no such name, nothing comes back. */
  UNREACHABLE,
  /** The certificate is not trusted, or no TLS spoken. */
  TLS,
  /** No whole answer in time. */
  TIMEOUT,
  /** The connection broke, or what came was not HTTP. */
  BROKEN,
  /** 429. */
  THROTTLED,
  /** 401, 403 or 407. */
  DENIED,
  /** 3xx: not followed, as the password must not go elsewhere. */
  REDIRECTED,
  /** 400, 413 or 422: these lines will never be taken. */
  REFUSED,
  /** Any other status. */
  STATUS;

  /** What it is called in metrics and messages. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a status that is not a success means. */
  static LokiTrouble of(int status) {
    return switch (status) {
      case 429 -> THROTTLED;
      case 401, 403, 407 -> DENIED;
      case 400, 413, 422 -> REFUSED;
      default -> status >= 300 && status < 400 ? REDIRECTED : STATUS;
    };
  }
}
