package io.jethproxy.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Journal;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.LoggedChain;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Log;
import io.jethproxy.eth.Methods;
import io.jethproxy.fleet.Calls;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A chain of blocks 100 to 141, of which 110 and 140 have a log of {@code 0x11…}. */
class EmptyLogsTest {

  private static final Methods METHODS = Methods.load();
  private static final String ADDRESS = ",\"address\":\"0x" + "11".repeat(20) + '"';
  private static final String OTHER = ",\"address\":\"0x" + "22".repeat(20) + '"';

  private final LoggedChain chain = new LoggedChain();
  private final Block busy;

  EmptyLogsTest() {
    byte[] address = new byte[20];
    Arrays.fill(address, (byte) 0x11);
    List<List<Log>> logs = List.of(List.of(new Log(address, List.of(Hash.ZERO), new byte[0])));
    chain.first(100);
    for (long number = 101; number < 140; number++) {
      chain.mine(number == 110 ? logs : List.of());
    }
    busy = chain.mine(logs);
    chain.mine();
  }

  private boolean isDoubted(long from, long to, String members) {
    return isDoubted(
        "\"fromBlock\":\"%s\",\"toBlock\":\"%s\"".formatted(Hex.quantity(from), Hex.quantity(to))
            + members);
  }

  private boolean isDoubted(String members) {
    return EmptyLogs.areDoubtful(call("eth_getLogs", members), chain.view());
  }

  private static Call call(String method, String members) {
    return new Call(
        Calls.MAINNET,
        new Request(RawJson.of("1"), method, RawJson.of("[{" + members + "}]")),
        METHODS.of(method),
        new Deadline(0),
        new Journal(0, 1),
        new Abandonment());
  }

  @Test
  void areDoubtedWhereANewBlockMayHaveWhatIsLookedFor() {
    assertThat(isDoubted(100, 141, ADDRESS)).isTrue();
    assertThat(isDoubted(140, 150, ADDRESS)).isTrue();
    assertThat(isDoubted(140, 140, "")).isTrue();
    assertThat(isDoubted("\"fromBlock\":\"earliest\",\"toBlock\":\"0x8c\"" + ADDRESS)).isTrue();
    assertThat(isDoubted("\"blockHash\":\"" + busy.hash() + '"' + ADDRESS)).isTrue();
  }

  @Test
  void areBelievedWhereBloomsLeaveNoRoom() {
    assertThat(isDoubted(100, 141, OTHER)).isFalse();
    assertThat(isDoubted(141, 141, ADDRESS)).isFalse();
    assertThat(isDoubted(141, 141, "")).isFalse();
  }

  @Test
  void areBelievedOfBlocksThatAreOldOrFinalOrUnknown() {
    assertThat(isDoubted(110, 110, ADDRESS)).isFalse();
    assertThat(isDoubted(142, 150, ADDRESS)).isFalse();
    assertThat(isDoubted("\"blockHash\":\"0x" + "ab".repeat(32) + '"')).isFalse();
    chain.settled(busy, busy);
    assertThat(isDoubted(100, 141, ADDRESS)).isFalse();
  }

  @Test
  void areBelievedWhereReceiptsAreComparedAnyway() {
    chain.keepReceipts(busy);

    assertThat(isDoubted(100, 141, ADDRESS)).isFalse();
  }

  @Test
  void areOnlyThoseOfLogs() {
    Call traces = call("trace_filter", "\"fromBlock\":\"0x64\",\"toBlock\":\"0x8c\"");

    assertThat(EmptyLogs.areDoubtful(traces, chain.view())).isFalse();
  }
}
