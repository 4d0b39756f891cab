package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.MINUTES;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When a provider last served each method; the last 256 methods that it was asked. Guarded by its
 * owner.
 */
final class ServedMethods {

  private static final int METHODS_MAX = 256;
  private static final long RECENT_NANOS = MINUTES.toNanos(10);

  /** A time that is written in place, since this happens with every answer. */
  private static final class Moment {
    long nanos;
  }

  private final Map<String, Moment> moments = new LinkedHashMap<>(16, 0.75f, true);

  void note(String method, long nowNanos) {
    Moment moment = moments.get(method);
    if (moment == null) {
      moment = new Moment();
      moments.put(method, moment);
      if (moments.size() > METHODS_MAX) {
        moments.remove(moments.keySet().iterator().next());
      }
    }
    moment.nanos = nowNanos;
  }

  boolean isRecent(String method, long nowNanos) {
    Moment moment = moments.get(method);
    return moment != null && nowNanos - moment.nanos < RECENT_NANOS;
  }
}
