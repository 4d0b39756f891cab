package io.jethproxy.subscribe;

import io.jethproxy.call.Notice;
import io.jethproxy.rpc.RawJson;
import java.nio.charset.StandardCharsets;

/**
 * One subscription of a client: what it is about, and how far the client was told. Used on the loop
 * of its line only.
 */
final class Subscription {

  private final String id;
  private final Subject subject;
  private final Station station;
  private final Seat seat;
  private final byte[] head;
  private Position position;
  private Runnable onEnd = () -> {};
  private boolean isOver;

  /**
   * @param position where it begins
   */
  Subscription(String id, Subject subject, Station station, Seat seat, Position position) {
    this.id = id;
    this.subject = subject;
    this.station = station;
    this.seat = seat;
    this.position = position;
    this.head =
        ("{\"jsonrpc\":\"2.0\",\"method\":\"eth_subscription\",\"params\":{\"subscription\":\""
                + id
                + "\",\"result\":")
            .getBytes(StandardCharsets.US_ASCII);
  }

  String id() {
    return id;
  }

  Subject subject() {
    return subject;
  }

  Station station() {
    return station;
  }

  Seat seat() {
    return seat;
  }

  /** The newest block that its client was told of. */
  Position position() {
    return position;
  }

  void moveTo(Position place) {
    position = place;
  }

  /** Writes one notification; sent with the next flush of its seat. */
  void tell(RawJson body) {
    if (!isOver && seat.tell(head, body)) {
      station.counts().told(1);
    }
  }

  /**
   * Tells what others are told as well, and sends it, unless it is better sent together with what
   * others of its line are told of the same: false then, and nothing is done.
   */
  boolean tellAlike(Notice notice) {
    if (!isOver && !seat.isOnly(this)) {
      return false;
    }
    if (!isOver && seat.tellAlike(head, notice)) {
      station.counts().told(notice.bodies().size());
    }
    return true;
  }

  /** Its client cannot be told what comes next: the line ends, with the place to go on from. */
  void lost(String why) {
    if (!isOver) {
      station.counts().lost();
      seat.lost(why);
    }
  }

  /** Run once when nothing more is told. */
  void onEnd(Runnable action) {
    onEnd = action;
  }

  void end() {
    if (!isOver) {
      isOver = true;
      onEnd.run();
    }
  }

  boolean isOver() {
    return isOver;
  }
}
