package io.jethproxy.subscribe;

import io.jethproxy.call.Line;
import io.jethproxy.call.Notice;
import io.jethproxy.rpc.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The subscriptions of one line, by their ids. Used on the line's loop only. */
final class Seat {

  /** The end of each notification. */
  static final byte[] TAIL = "}}".getBytes(StandardCharsets.US_ASCII);

  private static final Logger LOG = LoggerFactory.getLogger(Seat.class);

  private final Line line;
  private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
  private final LineLookups lookups;
  private int ofHeads;
  private int ofLogs;
  private int expected;
  private boolean isUnsent;
  private boolean isNoted;

  /**
   * @param lookups for the questions about older blocks
   */
  Seat(Line line, LineLookups lookups) {
    this.line = line;
    this.lookups = lookups;
    line.position(this::lowest);
  }

  Line line() {
    return line;
  }

  LineLookups lookups() {
    return lookups;
  }

  /** Subscriptions, those whose beginning is still looked for among them. */
  int size() {
    return subscriptions.size() + expected;
  }

  /** A subscription is to come, once it is known where it begins. */
  void expect() {
    expected++;
  }

  /** The one that was expected has come, or will not. */
  void expectNoMore() {
    expected--;
  }

  void add(Subscription subscription) {
    subscriptions.put(subscription.id(), subscription);
    count(subscription, 1);
  }

  Optional<Subscription> remove(String id) {
    Optional<Subscription> removed = Optional.ofNullable(subscriptions.remove(id));
    removed.ifPresent(subscription -> count(subscription, -1));
    return removed;
  }

  private void count(Subscription subscription, int change) {
    switch (subscription.subject()) {
      case Subject.Heads _ -> ofHeads += change;
      case Subject.Logs _ -> ofLogs += change;
      case Subject.Pending _, Subject.Syncing _ -> {}
    }
  }

  /** Whether no other subscription of the line can be told of the same step of a feed. */
  boolean isOnly(Subscription subscription) {
    return switch (subscription.subject()) {
      case Subject.Heads _ -> ofHeads == 1;
      case Subject.Logs _ -> ofLogs == 1;
      case Subject.Pending _, Subject.Syncing _ -> false;
    };
  }

  /** Takes all, for when the line has ended. */
  List<Subscription> clear() {
    List<Subscription> all = List.copyOf(subscriptions.values());
    subscriptions.clear();
    ofHeads = 0;
    ofLogs = 0;
    lookups.close();
    return all;
  }

  /** Whether there is anybody to hear it. */
  boolean tell(byte[] head, RawJson body) {
    boolean isTold = line.tell(head, body, TAIL);
    isUnsent |= isTold;
    return isTold;
  }

  /** Tells and sends it; whether there is anybody to hear it. */
  boolean tellAlike(byte[] head, Notice notice) {
    return line.tellAlike(head, notice);
  }

  /** Whether there is something to flush that nobody has noted yet. */
  boolean isToBeNoted() {
    boolean isNew = isUnsent && !isNoted;
    isNoted |= isNew;
    return isNew;
  }

  /** Sends what was told since the last time. */
  void flush() {
    isNoted = false;
    if (isUnsent) {
      isUnsent = false;
      line.flush();
    }
  }

  /**
   * Ends the line because what is to be told next cannot be had any more, with the place that all
   * of its subscriptions have reached.
   */
  void lost(String why) {
    String reached = lowest();
    LOG.atInfo().log("a client cannot be told what comes after {}: {}", reached, why);
    flush();
    line.end(Line.End.LOST, "lost; " + reached);
  }

  /** Where a client that is cut off goes on, whatever it has subscribed to. */
  private String lowest() {
    return subscriptions.values().stream()
        .filter(each -> each.subject().isOfBlocks())
        .map(Subscription::position)
        .min(Comparator.comparingLong(Position::number).thenComparingLong(Position::logIndex))
        .map(Position::text)
        .orElse("");
  }
}
