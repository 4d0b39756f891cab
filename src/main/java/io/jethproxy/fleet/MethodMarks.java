package io.jethproxy.fleet;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Methods that a provider fails, refuses or limits while it serves others. Guarded by its owner.
 *
 * <p>At most 256 marks: beyond that the one that was longest without use is forgotten, so that a
 * caller who makes up names can neither fill the memory nor close a real method.
 */
final class MethodMarks {

  private static final int MARKS_MAX = 256;
  private static final int DEAD_STREAK = 20;
  private static final long CLOSED_NANOS = MINUTES.toNanos(10);

  /** Only a method that was not served lately is believed to be closed at the first word. */
  private static final int CLOSED_STREAK = 3;

  private final Tolerance tolerance;
  private final RandomGenerator random;
  private final Map<String, Mark> marks = new LinkedHashMap<>(16, 0.75f, true);
  private final ServedMethods served = new ServedMethods();

  /** What is held against one method. */
  private final class Mark {
    final Pause pause = new Pause();
    final Backoff trouble = backoff(tolerance.coolDownMillis(), tolerance.coolDownMillisMax());
    final Backoff longPause = backoff(tolerance.longPauseMillis(), tolerance.longPauseMillisMax());
    int streak;
    int closedStreak;
  }

  MethodMarks(Tolerance tolerance, RandomGenerator random) {
    this.tolerance = tolerance;
    this.random = random;
  }

  boolean isEmpty() {
    return marks.isEmpty();
  }

  Standing standing(String method, long nowNanos) {
    Mark mark = find(method);
    return mark == null ? Standing.READY : mark.pause.standing(nowNanos);
  }

  void began(String method, long nowNanos) {
    Mark mark = find(method);
    if (mark != null) {
      mark.pause.began(nowNanos);
    }
  }

  boolean takeLastResort(String method, long nowNanos) {
    Mark mark = find(method);
    if (mark == null || (mark.streak < DEAD_STREAK && !isClosed(mark))) {
      return true;
    }
    boolean tooSoon = isClosed(mark) && mark.pause.isNew(nowNanos);
    return !tooSoon && mark.pause.takeLastResort(nowNanos);
  }

  private static boolean isClosed(Mark mark) {
    return mark.pause.isActive() && mark.pause.reason() == Reason.METHOD_CLOSED;
  }

  void succeeded(String method, long beganNanos, long nowNanos) {
    served.note(method, nowNanos);
    Mark mark = find(method);
    if (mark == null || mark.pause.isOlderNews(beganNanos)) {
      return;
    }
    mark.streak = 0;
    mark.closedStreak = 0;
    mark.pause.succeeded(beganNanos);
    if (mark.pause.isForgotten(nowNanos)) {
      marks.remove(method);
    }
  }

  /** One more failure in a row; enough of them take the method out for a while. */
  void failed(String method, long beganNanos, long nowNanos) {
    Mark mark = mark(method);
    if (mark.pause.isOlderNews(beganNanos)) {
      return;
    }
    mark.streak++;
    if (mark.streak >= tolerance.consecutiveFailures()) {
      trip(mark, nowNanos);
    }
  }

  /** The failures of the provider turned out to be of this method only. */
  void blame(String method, long beganNanos, long nowNanos) {
    Mark mark = mark(method);
    if (!mark.pause.isOlderNews(beganNanos)) {
      mark.streak = Math.max(mark.streak, tolerance.consecutiveFailures());
      trip(mark, nowNanos);
    }
  }

  /** The failures turned out to be of the whole provider. */
  void forgive() {
    for (Mark mark : marks.values()) {
      mark.streak = 0;
    }
  }

  /** The provider says that it does not offer the method. */
  void close(String method, long nowNanos) {
    Mark mark = mark(method);
    mark.closedStreak++;
    if (mark.closedStreak >= CLOSED_STREAK || !served.isRecent(method, nowNanos)) {
      // Yields, since the word may have been meant for one call: asked again if all have it closed.
      mark.pause.impose(Reason.METHOD_CLOSED, nowNanos, CLOSED_NANOS, false);
    }
  }

  /** The provider limits the method alone. */
  void limit(String method, Reason reason, long toldNanos, long beganNanos, long nowNanos) {
    Mark mark = mark(method);
    if (toldNanos > 0) {
      mark.pause.impose(reason, nowNanos, toldNanos, true);
    } else if (!mark.pause.isOlderNews(beganNanos)) {
      boolean brief = reason == Reason.THROTTLED;
      long nanos = next(brief ? mark.trouble : mark.longPause, mark.pause, nowNanos);
      mark.pause.impose(reason, nowNanos, nanos, !brief);
    }
  }

  /** The methods that are out or limited now. */
  List<Vitals.MethodMark> list(long nowNanos) {
    List<Vitals.MethodMark> list = new ArrayList<>();
    marks.forEach((method, mark) -> {
      if (mark.pause.isActive()) {
        list.add(
            new Vitals.MethodMark(
                method, mark.pause.reason(), mark.pause.leftNanos(nowNanos) / 1_000_000));
      }
    });
    return list;
  }

  private void trip(Mark mark, long nowNanos) {
    long nanos = next(mark.trouble, mark.pause, nowNanos);
    mark.pause.impose(Reason.METHOD_TROUBLE, nowNanos, nanos, false);
  }

  private static long next(Backoff backoff, Pause pause, long nowNanos) {
    if (pause.isForgotten(nowNanos)) {
      backoff.reset();
    }
    return backoff.nextNanos();
  }

  private @Nullable Mark find(String method) {
    return marks.isEmpty() ? null : marks.get(method);
  }

  private Mark mark(String method) {
    Mark mark = marks.computeIfAbsent(method, _ -> new Mark());
    if (marks.size() > MARKS_MAX) {
      marks.remove(marks.keySet().iterator().next());
    }
    return mark;
  }

  private Backoff backoff(int firstMillis, int boundMillis) {
    return new Backoff(
        MILLISECONDS.toNanos(firstMillis), MILLISECONDS.toNanos(boundMillis), random);
  }
}
