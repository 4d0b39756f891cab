package io.jethproxy.observe;

import io.jethproxy.call.Journal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line per call at DEBUG: who asked is not in it, nor are keys, nor, unless they are wanted,
 * params and results.
 */
public final class AccessLog implements Observer {

  private final Logger logger = LoggerFactory.getLogger("io.jethproxy.access");
  private final Optional<Bodies> bodies;

  private AccessLog(Optional<Bodies> bodies) {
    this.bodies = bodies;
  }

  public static AccessLog withoutBodies() {
    return new AccessLog(Optional.empty());
  }

  /** With params and answers, as far as {@link Bodies} shows them: for looking at a trouble. */
  public static AccessLog withBodies(Redactor redactor) {
    return new AccessLog(Optional.of(new Bodies(redactor)));
  }

  @Override
  public void concluded(Concluded concluded) {
    if (!logger.isDebugEnabled()) {
      return;
    }
    LoggingEventBuilder line =
        logger
            .atDebug()
            .addKeyValue("id", concluded.requestId())
            .addKeyValue("network", concluded.call().network().name())
            .addKeyValue("method", concluded.method())
            .addKeyValue("outcome", OutcomeLabel.of(concluded))
            .addKeyValue("code", concluded.code())
            .addKeyValue("ms", millis(concluded.durationNanos()))
            .addKeyValue("by", concluded.by())
            .addKeyValue("attempts", attempts(concluded.call().journal().attempts()));
    if (bodies.isPresent()) {
      line = bodies.get().addTo(line, concluded);
    }
    line.log("call");
  }

  /** Such as {@code infura:timeout:5000.000,alchemy:ok:12.345}; a hedge has a plus before it. */
  private static String attempts(List<Journal.Entry> entries) {
    StringBuilder text = new StringBuilder();
    for (Journal.Entry entry :
        entries.subList(0, Math.min(entries.size(), Concluded.ATTEMPTS_MAX))) {
      text.append(text.isEmpty() ? "" : ",")
          .append(entry.hedge() ? "+" : "")
          .append(entry.provider())
          .append(':')
          .append(entry.trouble() == null ? "ok" : entry.trouble().label())
          .append(':')
          .append(millis(entry.nanos()));
    }
    int more = entries.size() - Concluded.ATTEMPTS_MAX;
    return more > 0
        ? text.append(",and ").append(more).append(" more").toString()
        : text.toString();
  }

  private static String millis(long nanos) {
    long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
    String fraction = Long.toString(1_000 + micros % 1_000);
    return micros / 1_000 + "." + fraction.substring(1);
  }
}
