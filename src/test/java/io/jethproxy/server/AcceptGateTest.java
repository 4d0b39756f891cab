package io.jethproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeTicker;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rows S14 and L5: a gate for 16 connections and one newcomer, in front of nothing. */
class AcceptGateTest {

  private final FakeTicker ticker = new FakeTicker();
  private final AtomicInteger roomMade = new AtomicInteger();
  private final AcceptGate gate = new AcceptGate(16, ticker, roomMade::incrementAndGet);
  private final EmbeddedChannel listening = new EmbeddedChannel(gate);
  private final List<EmbeddedChannel> taken = new ArrayList<>();

  @AfterEach
  void closeAll() {
    taken.forEach(EmbeddedChannel::close);
    listening.close();
  }

  private void take(int newcomers) {
    for (int i = 0; i < newcomers; i++) {
      EmbeddedChannel newcomer =
          new EmbeddedChannel(listening, DefaultChannelId.newInstance(), true, false);
      newcomer.closeFuture().addListener(_ -> gate.left(newcomer));
      taken.add(newcomer);
      listening.writeInbound(newcomer);
    }
  }

  private boolean isOpen() {
    listening.runPendingTasks();
    return listening.config().isAutoRead();
  }

  @Test
  void letsNobodyInBeyondItsBoundUntilOneLeaves() {
    take(16);
    assertThat(isOpen()).isTrue();
    take(1);
    assertThat(isOpen()).isFalse();

    taken.getFirst().close();

    assertThat(isOpen()).isTrue();
  }

  @Test
  void countsThoseWhoLeftWhileItWasOpen() {
    take(10);
    taken.forEach(EmbeddedChannel::close);

    take(16);

    assertThat(isOpen()).isTrue();
  }

  @Test
  void makesRoomAndTriesAgainSoonWhenTheSystemHasNoFileLeft() {
    listening.pipeline().fireExceptionCaught(new IOException("accept: Too many open files"));

    assertThat(roomMade).hasValue(1);
    assertThat(isOpen()).isFalse();
    ticker.advanceMillis(20);
    assertThat(isOpen()).isTrue();
    listening.checkException(); // it was not passed on to who would stop listening for a second
  }

  @Test
  void opensAtOnceWhenSomebodyLeavesAfterTheSystemHadNoFileLeft() {
    take(3);
    listening.pipeline().fireExceptionCaught(new IOException("accept: Too many open files"));

    taken.getFirst().close();

    assertThat(isOpen()).isTrue();
  }
}
