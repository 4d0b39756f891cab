package io.jethproxy.observe;

import io.jethproxy.call.Ticker;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One log line per change of a provider's state, with the reason.
 *
 * <p>A provider that flaps is bounded: five lines per minute, then its changes are only counted,
 * and when the minute is over one line says how many there were and what the state is now. So the
 * last line always tells the truth.
 */
public final class Transitions {

  private static final int LINES_PER_WINDOW = 5;
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Changes of more providers than these are logged without a bound on flapping. */
  private static final int PROVIDERS_MAX = 10_000;

  /** How much a change matters to the one who operates the gateway. */
  public enum Gravity {
    /** For the better, or expected. */
    NEWS(Level.INFO),
    /** For the worse, and handled. */
    DEGRADED(Level.WARN),
    /** Somebody must act: wrong chain, a refused key, an unpaid bill. */
    ALARM(Level.ERROR);

    private final Level level;

    Gravity(Level level) {
      this.level = level;
    }
  }

  /**
   * A change of one provider's state.
   *
   * @param from the state before, in a word
   * @param to the state now
   * @param reason why; may hold text from the provider, which is redacted here
   */
  public record Change(
      String network, String provider, String from, String to, String reason, Gravity gravity) {}

  private final Logger logger = LoggerFactory.getLogger("io.jethproxy.fleet");
  private final Ticker ticker;
  private final Redactor redactor;
  private final Map<String, Window> windows = new ConcurrentHashMap<>();

  public Transitions(Ticker ticker, Redactor redactor) {
    this.ticker = ticker;
    this.redactor = redactor;
  }

  /** Logs or counts the change; on any event loop. */
  public void changed(Change change) {
    String id = change.network() + "/" + change.provider();
    Window window = windows.get(id);
    if (window == null && windows.size() < PROVIDERS_MAX) {
      window = windows.computeIfAbsent(id, _ -> new Window());
    }
    if (window == null) {
      log(change, 0);
    } else {
      window.changed(change);
    }
  }

  private void log(Change change, int uncounted) {
    var line =
        logger
            .atLevel(change.gravity().level)
            .addKeyValue("network", change.network())
            .addKeyValue("provider", change.provider())
            .addKeyValue("from", change.from())
            .addKeyValue("to", change.to())
            .addKeyValue("reason", redactor.redact(change.reason()));
    if (uncounted > 0) {
      line = line.addKeyValue("changes_not_logged", uncounted);
    }
    line.log("provider is {}", change.to());
  }

  /** The changes of one provider within one minute. */
  private final class Window {
    private long startNanos;
    private int lines;
    private int held;
    private @Nullable Change last;

    synchronized void changed(Change change) {
      long now = ticker.nanos();
      if (lines == 0 || (held == 0 && now - startNanos >= WINDOW_NANOS)) {
        startNanos = now;
        lines = 0;
      }
      if (lines < LINES_PER_WINDOW) {
        lines++;
        log(change, 0);
        return;
      }
      if (held == 0) {
        ticker.alarm(startNanos + WINDOW_NANOS - now, this::over);
      }
      held++;
      last = change;
    }

    private synchronized void over() {
      if (last != null) {
        log(last, held - 1);
      }
      startNanos = ticker.nanos();
      lines = 1;
      held = 0;
      last = null;
    }
  }
}
