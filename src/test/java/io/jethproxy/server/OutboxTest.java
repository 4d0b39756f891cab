package io.jethproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.RawJson;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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
  void sendsNothingOfWhatThereIsNoMemoryFor() {
    AtomicLong taken = new AtomicLong();
    Outbox poor = new Outbox(channel, new ByteBudget(300_000, taken, () -> false));
    ByteBuf shared = Unpooled.wrappedBuffer(new byte[100_000]);
    while (poor.tellShared(shared)) {
      assertThat(taken.get()).isLessThanOrEqualTo(300_000);
    }
    long unsent = poor.unsentBytes();

    assertThat(poor.tellShared(shared)).isFalse();
    assertThat(poor.tell(NOTHING, BODY, NOTHING)).isFalse();

    assertThat(unsent).isGreaterThan(200_000);
    assertThat(poor.unsentBytes()).isEqualTo(unsent);
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
