package io.jethproxy.server;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Answers a client's pings. Whoever floods us gets few answers, and one to the last ping, when
 * there is room for it: RFC 6455 allows it.
 */
final class Pongs {

  /** Pings of one read that are answered each. */
  private static final int EACH_MAX = 64;

  private final Channel channel;
  private final Outbox outbox;
  private int answered;
  private byte @Nullable [] due;

  Pongs(Channel channel, Outbox outbox) {
    this.channel = channel;
    this.outbox = outbox;
  }

  void pinged(byte[] payload) {
    if (answered < EACH_MAX && channel.isWritable()) {
      answered++;
      due = null;
      outbox.control(Frame.PONG, payload);
    } else {
      due = payload;
    }
  }

  /** All that came at once is read. */
  void readEnds() {
    answered = 0;
    goOn();
  }

  /** Answers what waits for room. */
  void goOn() {
    byte[] last = due;
    if (last != null && channel.isWritable()) {
      due = null;
      outbox.control(Frame.PONG, last);
    }
  }
}
