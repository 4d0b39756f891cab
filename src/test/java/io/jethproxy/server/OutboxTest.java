package io.jethproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.RawJson;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The bytes that wait for one client are in the budget of all: each once, as long as it is held.
 */
class OutboxTest {

  private static final RawJson BODY = RawJson.of("\"" + "x".repeat(200_000) + "\"");
  private static final byte[] NOTHING = new byte[0];

  private final EmbeddedChannel channel = new EmbeddedChannel(); // sends nothing before a flush
  private final AtomicLong held = new AtomicLong();
  private final ByteBudget budget = new ByteBudget(1 << 20, held, this::giveUp);
  private final Outbox outbox = new Outbox(channel, budget);

  /** As for a client that takes nothing: it is the one that all make room for. */
  private boolean giveUp() {
    boolean some = outbox.heldBytes() > 0;
    channel.close();
    outbox.drop();
    return some;
  }

  @AfterEach
  void close() {
    channel.close();
  }

  @Test
  void givesBackOnceWhatItGivesUpToTakeMore() {
    while (channel.isOpen()) {
      outbox.tell(NOTHING, BODY, NOTHING);
    }

    outbox.drop();

    assertThat(held).hasValue(0);
  }

  @Test
  void holdsWhatTheSocketHasUntilItIsGone() {
    outbox.tell(NOTHING, BODY, NOTHING);
    outbox.tell(NOTHING, BODY, NOTHING);
    long taken = held.get();
    assertThat(taken).isGreaterThan(200_000);

    outbox.drop();

    assertThat(held).hasValue(taken);
    channel.close();
    outbox.drop();
    assertThat(held).hasValue(0);
  }
}
