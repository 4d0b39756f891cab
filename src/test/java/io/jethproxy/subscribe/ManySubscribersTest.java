package io.jethproxy.subscribe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Audience;
import io.jethproxy.call.Line;
import io.jethproxy.call.Outcome;
import io.jethproxy.chain.Block;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Log;
import io.jethproxy.rpc.RawJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Thousands who listen: all are told, at a cost that does not grow with them, and leave no trace.
 */
class ManySubscribersTest {

  private static final int MANY = 10_000;

  /** A line that only counts. */
  private static final class Tally implements Line, Audience {
    private int told;
    private int flushed;
    private Runnable onEnd = () -> {};
    private Runnable answered = () -> {};

    @Override
    public boolean tell(byte[] head, RawJson body, byte[] tail) {
      told++;
      return true;
    }

    @Override
    public void flush() {
      flushed++;
    }

    @Override
    public void end(End why, String reason) {
      onEnd.run();
    }

    @Override
    public void onEnd(Runnable action) {
      onEnd = action;
    }

    @Override
    public void position(Supplier<String> position) {}

    @Override
    public Optional<Line> line() {
      return Optional.of(this);
    }

    @Override
    public void whenAnswered(Runnable action) {
      answered = action;
    }
  }

  private final Listening listening = new Listening();
  private final List<Tally> lines = new ArrayList<>();

  private void subscribe(int loop, String params) {
    Tally line = new Tally();
    lines.add(line);
    Outcome outcome = listening.begin(line, loop, "eth_subscribe", params).join();
    assertThat(outcome).isInstanceOf(Outcome.Answer.class);
    listening.loops.on(listening.loops.get(loop), line.answered);
  }

  @Test
  void tellsTenThousandOnTwoLoopsOfOneHead() {
    listening.chain.first(7);
    for (int i = 0; i < MANY; i++) {
      subscribe(i % 2, "[\"newHeads\"]");
    }
    for (int i = 0; i < 60; i++) {
      listening.chain.mine();
      listening.settle();
    }
    lines.forEach(line -> line.told = 0);
    lines.forEach(line -> line.flushed = 0);
    listening.chain.mine();
    long start = System.nanoTime();

    listening.settle();

    assertThat(lines).allMatch(line -> line.told == 1 && line.flushed == 1);
    assertThat(listening.asked).isEmpty();
    tookLessThan(start, "one head for " + MANY);
  }

  @Test
  void looksThroughTenThousandDifferentFiltersForOneBlock() {
    listening.chain.first(7);
    for (int i = 0; i < MANY; i++) {
      subscribe(i % 2, "[\"logs\",{\"address\":\"0x%040x\"}]".formatted(i));
    }
    Block last = null;
    for (int i = 0; i < 10; i++) {
      last = listening.chain.mine(List.of(logs(400)));
      listening.chain.keepReceipts(last);
      listening.settle();
    }
    lines.forEach(line -> line.told = 0);
    last = listening.chain.mine(List.of(logs(400)));
    listening.chain.keepReceipts(last);
    long start = System.nanoTime();

    listening.settle();

    assertThat(lines.stream().mapToInt(line -> line.told).sum()).isEqualTo(400);
    assertThat(listening.asked).isEmpty();
    tookLessThan(start, "one block for " + MANY + " filters");
  }

  /** Generous, as machines are busy; what it really takes is in the docs on performance. */
  private static void tookLessThan(long start, String what) {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertThat(millis).as("milliseconds: " + what).isLessThan(2_000);
    if (Boolean.getBoolean("show.times")) {
      System.out.println(what + ": " + millis + " ms");
    }
  }

  private static List<Log> logs(int count) {
    List<Log> logs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] address = new byte[20];
      address[18] = (byte) (i >> 8);
      address[19] = (byte) i;
      logs.add(new Log(address, List.of(new Hash(0, 0, 0, i)), new byte[64]));
    }
    return logs;
  }

  @Test
  void leavesNothingBehindOfThoseWhoCameAndWent() {
    listening.chain.first(7);
    String[] all = {
      "[\"newHeads\"]",
      "[\"logs\",{}]",
      "[\"logs\",{\"fromBlock\":\"0xffff\"}]",
      "[\"syncing\"]",
      "[\"newPendingTransactions\"]"
    };
    for (int i = 0; i < 5_000; i++) {
      subscribe(i % 2, all[i % all.length]);
      if (i % 10 == 0) {
        listening.chain.keepReceipts(listening.chain.mine());
        listening.settle();
      }
      Tally line = lines.get(i);
      listening.loops.on(listening.loops.get(i % 2), () -> line.end(Line.End.SLOW, ""));
    }
    listening.pass(Duration.ofSeconds(30));

    assertThat(listening.stage().open()).isZero();
    assertThat(listening.stage().lines()).isZero();
    assertThat(listening.stage().numbers().getFirst().open().values()).containsOnly(0);
    assertThat(listening.ticker.pending()).isZero();
    assertThat(listening.asked).isEmpty();
  }
}
