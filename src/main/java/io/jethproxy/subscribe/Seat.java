package io.jethproxy.subscribe;

import io.jethproxy.call.Line;
import io.jethproxy.rpc.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The subscriptions of one line, by their ids. Used on the line's loop only. */
final class Seat {

  private static final byte[] TAIL = "}}".getBytes(StandardCharsets.US_ASCII);

  private final Line line;
  private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
  private boolean isUnsent;

  Seat(Line line) {
    this.line = line;
    line.position(this::lowest);
  }

  Line line() {
    return line;
  }

  int size() {
    return subscriptions.size();
  }

  void add(Subscription subscription) {
    subscriptions.put(subscription.id(), subscription);
  }

  Optional<Subscription> remove(String id) {
    return Optional.ofNullable(subscriptions.remove(id));
  }

  /** Takes all, for when the line has ended. */
  List<Subscription> clear() {
    List<Subscription> all = List.copyOf(subscriptions.values());
    subscriptions.clear();
    return all;
  }

  /** Whether there is anybody to hear it. */
  boolean tell(byte[] head, RawJson body) {
    boolean isTold = line.tell(head, body, TAIL);
    isUnsent |= isTold;
    return isTold;
  }

  /** Sends what was told since the last time. */
  void flush() {
    if (isUnsent) {
      isUnsent = false;
      line.flush();
    }
  }

  /** Ends the line because what is to be told next cannot be had any more. */
  void lost(String why, Position last) {
    flush();
    line.end(Line.End.LOST, why + ", go on after " + last.text());
  }

  /** Where a client that is cut off goes on, whatever it has subscribed to. */
  private String lowest() {
    return subscriptions.values().stream()
        .filter(each -> each.subject().isOfBlocks())
        .map(Subscription::position)
        .min(Comparator.comparingLong(Position::number))
        .map(Position::text)
        .orElse("");
  }
}
