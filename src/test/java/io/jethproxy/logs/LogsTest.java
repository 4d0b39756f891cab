package io.jethproxy.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeLogs;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.LogNode;
import io.jethproxy.testing.RpcClient.Answered;
import io.jethproxy.testing.RunningGateway;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logs over more than a provider takes at once, through the whole gateway. */
class LogsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10 | -32600 | Under the Free tier plan, you can make eth_getLogs requests with up to a 10 block range. Based on your parameters, this block range should work: [0x64, 0x6d]",
        "100 | -32602 | Block range limit exceeded. See more details at https://docs.chainstack.com/docs/limits#evm-range-limits",
        "100 | -32000 | ranges over 10000 blocks are not supported on freetier",
        "50 | -32602 | eth_getLogs is limited to 0 - 50 blocks range",
        "800 | -32047 | Invalid eth_getLogs request. 'fromBlock'-'toBlock' range too large. Max range: 800",
        "1000 | -32005 | please limit the query to at most 1000 blocks",
        "1000 | -32603 | eth_getLogs range is too large, max is 1k blocks",
        "2000 | -32614 | eth_getLogs is limited to a 2,000 range",
        "200 | -32602 | requested block range 16777217 exceeds the limit of 200; narrow your fromBlock",
      })
  void cutsWhatAVendorCallsTooManyBlocks(long blocksMax, int code, String words) {
    try (LogBed bed = LogBed.of(1)) {
      bed.nodes.getFirst().blocksMax(blocksMax, (_, _) -> LogNode.error(code, words));

      bed.assertComplete(100, 3_210, "");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-32602 | query exceeds max results 20000",
        "-32000 | logs matched by query exceeds limit of 10000",
        "-32602 | Log response size exceeded. Please reduce query block range.",
        "-32000 | response size should not greater than 2097152 bytes",
        "-32005 | query timeout exceeded",
      })
  void cutsWhatAVendorCallsTooManyLogs(int code, String words) {
    try (LogBed bed = LogBed.of(1)) {
      bed.nodes.getFirst().resultsMax(60, (_, _) -> LogNode.error(code, words));

      bed.assertComplete(100, 1_210, "");
      bed.assertComplete(100, 1_210, "\"address\":\"" + FakeLogs.address(1) + '"');
    }
  }

  @Test
  void asksOnceForWhatAProviderTakes() {
    try (LogBed bed = LogBed.of(2)) {
      bed.forgetAsked();

      bed.assertComplete(LogBed.HEAD - 99, LogBed.HEAD, "");
      assertThat(bed.asked()).isEqualTo(1);
      bed.assertComplete(777, 777, "");
      bed.assertComplete(1, 10_000, "");
      assertThat(bed.asked()).isEqualTo(3);
    }
  }

  @Test
  void learnsFromOneRefusalWhatTheProviderTakes() {
    try (LogBed bed = LogBed.of(1)) {
      bed.nodes.getFirst().blocksMax(1_000);
      bed.ask(1, 3_000, "");
      bed.forgetAsked();

      bed.assertComplete(3_000, 5_999, "");

      assertThat(bed.asked()).isEqualTo(3);
    }
  }

  @Test
  void cutsNoOtherFilterBecauseOneFindsTooMuch() {
    String quiet = "\"address\":\"0x" + "77".repeat(20) + '"';
    String busy = "\"address\":\"" + FakeLogs.address(1) + '"';
    try (LogBed bed = LogBed.of(1)) {
      bed.nodes
          .getFirst()
          .resultsMax(3, (_, _) -> LogNode.error(-32602, "query exceeds max results 3"));
      bed.assertComplete(5_000, 5_100, busy);
      bed.forgetAsked();

      bed.assertComplete(1, 10_000, quiet);

      assertThat(bed.asked()).isEqualTo(1);
    }
  }

  @Test
  void cutsTheSameFilterRightWhenItIsAskedForAgain() {
    String busy = "\"address\":[\"" + FakeLogs.address(1) + "\"]";
    AtomicInteger refused = new AtomicInteger();
    try (LogBed bed = LogBed.of(1)) {
      bed.nodes
          .getFirst()
          .resultsMax(
              30,
              (_, _) -> {
                refused.incrementAndGet();
                return LogNode.error(-32602, "query exceeds max results 30");
              });
      bed.assertComplete(5_000, 5_999, "\"address\":\"" + FakeLogs.address(1) + '"');
      int first = refused.getAndSet(0);

      bed.assertComplete(5_000, 5_999, busy);

      assertThat(refused.get()).isLessThan(first);
    }
  }

  @Test
  void leavesOutWhoTakesLessAsLongAsOthersTakeMore() {
    try (LogBed bed = LogBed.of(2)) {
      bed.nodes.getFirst().blocksMax(10);
      FakeProvider narrow = bed.providers.getFirst();
      bed.gateway.await(
          () -> {
            bed.ask(1, 1_000, "");
            return narrow.count("eth_getLogs") > 0;
          },
          "both were asked");
      bed.forgetAsked();

      for (int i = 0; i < 20; i++) {
        bed.assertComplete(i, 2_000 + i, "");
      }

      assertThat(narrow.count("eth_getLogs")).isZero();
      bed.providers.getLast().kill();
      bed.assertComplete(100, 400, "");
    }
  }

  @Test
  void asksNothingAgainOfAnIndexerThatWalksTwice() {
    try (LogBed bed = new LogBed(2, "", true)) {
      bed.nodes.forEach(node -> node.blocksMax(1_000));
      bed.nodes.getFirst().resultsMax(500);
      walk(bed);
      walk(bed);
      bed.forgetAsked();

      walk(bed);

      assertThat(bed.asked()).isZero();
      bed.assertComplete(2_000, 12_000, "");
      bed.assertComplete(3_000, 11_999, "");
      assertThat(bed.asked()).isLessThanOrEqualTo(12);
    }
  }

  private static void walk(LogBed bed) {
    for (long from = 1_234; from < 11_234; from += 2_500) {
      bed.assertComplete(from, from + 2_499, "");
    }
  }

  @Test
  void asksForAddressesAndTopicsApartWhereOneBlockIsTooMuch() {
    try (LogBed bed = LogBed.of(1)) {
      long block = blockWithThreeLogs(bed);
      bed.nodes.getFirst().resultsMax(1);
      String addresses = quoted(3, FakeLogs::address);

      List<String> asked =
          bed.logs.of(block, LogBed.JSON.readTree("{}")).stream()
              .map(FakeLogs.Entry::address)
              .distinct()
              .toList();
      assertThat(asked).hasSize(3);
      bed.assertComplete(block, block, "\"address\":" + addresses);
      bed.nodes.getFirst().resultsMax(2);
      String topics = ",\"topics\":[" + quoted(4, FakeLogs::topic) + "]";
      for (int i = 0; i < 3; i++) {
        String address = "\"address\":\"" + FakeLogs.address(i) + '"';
        bed.assertComplete(block - 1, block + 1, address + topics);
      }
    }
  }

  @Test
  void saysWhenOneBlockIsTooMuchForEveryProvider() {
    try (LogBed bed = LogBed.of(1)) {
      long block = blockWithThreeLogs(bed);
      bed.nodes
          .getFirst()
          .resultsMax(1, (_, _) -> LogNode.error(-32602, "query exceeds max results 20000"));

      Answered answered = bed.ask(block - 10, block + 10, "");

      assertThat(answered.errorCode()).isEqualTo(-32012);
      assertThat(answered.text()).contains("one block has more logs");
    }
  }

  /** Of three contracts. */
  private static long blockWithThreeLogs(LogBed bed) {
    for (long block = 5_000; block < LogBed.LAST; block++) {
      List<FakeLogs.Entry> all = bed.logs.of(block, LogBed.JSON.readTree("{}"));
      if (all.stream().map(FakeLogs.Entry::address).distinct().count() == 3) {
        return block;
      }
    }
    throw new AssertionError("no block with logs of three contracts");
  }

  private static String quoted(int count, IntFunction<String> each) {
    return IntStream.range(0, count)
        .mapToObj(i -> '"' + each.apply(i) + '"')
        .collect(Collectors.joining(",", "[", "]"));
  }

  @Test
  void namesTheHardLimits() {
    String yaml = "logs: {rangeBlocksMax: 5000, partsMax: 20}\n";
    try (LogBed bed = new LogBed(1, yaml, false)) {
      Answered tooWide = bed.ask(1, 5_001, "");
      assertThat(tooWide.errorCode()).isEqualTo(-32012);
      assertThat(tooWide.text()).contains("5,001 blocks (expected: at most 5,000");

      bed.assertComplete(1, 5_000, "");
      bed.nodes.getFirst().blocksMax(10);
      bed.forgetAsked();
      Answered tooManyParts = bed.ask(1, 4_000, "");
      assertThat(bed.asked()).isEqualTo(1);
      assertThat(tooManyParts.errorCode()).isEqualTo(-32012);
      assertThat(tooManyParts.text()).contains("logs.partsMax");
      assertThat(bed.ask(1, 4_000, "").text()).contains("logs.partsMax", "about 190 blocks");
    }
  }

  @Test
  void refusesMoreBytesThanItMayAnswer() {
    try (LogBed bed = new LogBed(1, "requests: {responseBytesMax: 100000}\n", false)) {
      bed.nodes.getFirst().blocksMax(50);

      Answered answered = bed.ask(1, 1_000, "");

      assertThat(answered.errorCode()).isEqualTo(-32012);
      assertThat(answered.text()).contains("100,000 bytes");
      bed.assertComplete(1, 120, "");
    }
  }

  @Test
  void neverAsksWhoHasNotReachedTheEnd() {
    try (LogBed bed = LogBed.of(3)) {
      FakeProvider late = FakeProvider.start(FakeWorld.ofChain(1).head(19_000));
      LogNode.on(late, bed.logs);
      try (late;
          var gateway =
              RunningGateway.before(bed.providers.get(0), bed.providers.get(1), late).start()) {
        String range = "[{\"fromBlock\":\"0x1\",\"toBlock\":\"%s\"}]".formatted(LogBed.hex(19_900));
        for (int i = 0; i < 20; i++) {
          assertThat(gateway.client().call("eth_getLogs", range).result())
              .isEqualTo(bed.truth(1, 19_900, ""));
        }
        assertThat(late.asked("eth_getLogs"))
            .noneMatch(asked -> asked.params().contains(LogBed.hex(19_900)));
      }
    }
  }

  @Test
  void isCompleteOrAnErrorWhateverHappensToTheProviders() {
    try (LogBed bed =
        new LogBed(2, "requests: {timeoutSeconds: 0.3, requestTimeoutSeconds: 5}\n", false)) {
      Random random = new Random(7);
      bed.nodes.forEach(node -> node.blocksMax(200));
      bed.ask(1, 1_000, "");
      int complete = 0;
      for (int i = 0; i < 30; i++) {
        FakeProvider one = bed.providers.get(random.nextInt(2));
        LogNode.on(misbehaving(one, random), bed.logs).blocksMax(200);
        Answered answered = bed.ask(100, 2_099, "");
        if (answered.json().has("result")) {
          assertThat(answered.result()).isEqualTo(bed.truth(100, 2_099, ""));
          complete++;
        }
      }
      assertThat(complete).isGreaterThan(10);
    }
  }

  /** From the next request on, or one a little later. */
  private static FakeProvider misbehaving(FakeProvider provider, Random random) {
    provider.forgetScript();
    var rule = provider.on("eth_getLogs").times(1 + random.nextInt(3));
    return switch (random.nextInt(6)) {
      case 0 -> rule.status(503, "busy");
      case 1 -> rule.rstAfterRequest();
      case 2 -> rule.truncatedJson();
      case 3 -> rule.cutAfter(40);
      case 4 -> rule.hold();
      default -> rule.error(-32005, "rate limit exceeded");
    };
  }

  @Test
  void findsWhatTheChainHasWhateverTheLimitsAndFilters() {
    try (LogBed bed = new LogBed(2, "logs: {partsMax: 100000}\n", true)) {
      Random random = new Random(42);
      for (int i = 0; i < 150; i++) {
        for (LogNode node : bed.nodes) {
          node.blocksMax(1L + random.nextInt(600));
          node.resultsMax(4 + random.nextInt(200));
        }
        long from = random.nextInt(3_000);
        bed.assertComplete(from, from + random.nextInt(900), filter(random));
      }
    }
  }

  private static String filter(Random random) {
    String address =
        switch (random.nextInt(4)) {
          case 0 -> "\"address\":\"" + FakeLogs.address(random.nextInt(3)) + '"';
          case 1 -> "\"address\":" + quoted(2, i -> FakeLogs.address(i + 1));
          case 2 -> "\"address\":[]";
          default -> "";
        };
    String topics =
        switch (random.nextInt(5)) {
          case 0 -> "\"topics\":[\"" + FakeLogs.topic(random.nextInt(4)) + "\"]";
          case 1 -> "\"topics\":[null," + quoted(2, FakeLogs::topic) + "]";
          case 2 -> "\"topics\":[" + quoted(3, FakeLogs::topic) + ",null]";
          case 3 -> "\"topics\":[]";
          default -> "";
        };
    return address.isEmpty() || topics.isEmpty() ? address + topics : address + "," + topics;
  }
}
