package io.jethproxy.app;

import io.jethproxy.config.Config;
import io.jethproxy.subscribe.Filters;
import io.jethproxy.transport.BodyBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What of the heap each part of the gateway may take, in bytes, so that no load fills it. */
final class Room {

  private static final Logger LOG = LoggerFactory.getLogger(Room.class);

  private final Config config;
  private final long heapBytes = Runtime.getRuntime().maxMemory();

  Room(Config config) {
    this.config = config;
  }

  long heap() {
    return heapBytes;
  }

  /** The largest answer of a provider. */
  long response() {
    return BodyBudget.answerBytesMax(heapBytes, config.requests().responseBytesMax());
  }

  /** What logs are merged in. */
  long logs() {
    return Math.max(heapBytes / 4, response());
  }

  long cache() {
    return Math.min(config.chain().cacheBytesMax(), heapBytes / 4);
  }

  /** The blocks of one network, without their receipts. */
  long blocks(long usual) {
    return Math.min(usual, heapBytes / 16);
  }

  /** The receipts of one network. */
  long receipts() {
    return Math.min(config.chain().receiptBytesMax(), heapBytes / 8);
  }

  /** What filters, subscriptions and orphaned blocks take, each. */
  long following() {
    return Math.min(Filters.Config.BYTES_MAX, heapBytes / 16);
  }

  /** What clients ask, all together. */
  long questions() {
    Config.Server server = config.server();
    return Math.max(
        heapBytes / 8,
        4L
            * (server.bodyBytesMax()
                + server.inflatedBytesMax()
                + server.webSocket().messageBytesMax()));
  }

  /**
   * What clients are answered, all together: a quarter is kept for smaller ones, and something is
   * written around the answer.
   */
  long answers() {
    return Math.max(heapBytes / 4, response() * 4L / 3 + (1L << 20));
  }

  void tellWhenItIsSmall() {
    long wanted = config.requests().responseBytesMax();
    if (response() < wanted) {
      LOG.info(
          "requests.responseBytesMax: {} bytes are used, a third of the heap (configured: {}); a"
              + " larger heap takes more",
          response(),
          wanted);
    }
  }
}
