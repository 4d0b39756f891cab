package io.jethproxy.prepare;

import static io.jethproxy.eth.LogFilterTest.address;
import static io.jethproxy.eth.LogFilterTest.log;
import static io.jethproxy.eth.LogFilterTest.topic;
import static io.jethproxy.prepare.Questions.ASKED;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Moment;
import io.jethproxy.call.Stage;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.LoggedChain;
import io.jethproxy.eth.Log;
import io.jethproxy.testing.FakeTicker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers from the kept blocks, with tags resolved before as in the gateway. */
class AnswerLocallyTest {

  private static final JsonMapper MAPPER = JsonMapper.shared();

  private final LoggedChain chain = new LoggedChain();
  private final List<Long> demands = new ArrayList<>();
  private final AnswerLocally locally = new AnswerLocally("1", chain.chains(), demands::add);
  private final Normalise normalise = new Normalise(chain.chains(), new FakeTicker());
  private final Stage both = (call, next) -> normalise.handle(call, locally(next));

  private Handler locally(Handler next) {
    return call -> locally.handle(call, next);
  }

  private String ask(String method, String params) {
    return Questions.ask(both, method, params.replace('\'', '"'));
  }

  private static String quoted(Object text) {
    return "\"" + text + "\"";
  }

  private static String array(List<String> elements) {
    return "[" + String.join(",", elements) + "]";
  }

  /** Block 0x64 without logs, then 0x65 and 0x66 with them, and 0x67 without. */
  private void growWithReceipts() {
    chain.first(0x64);
    chain.mine(List.of(List.of(log("X A"), log("Y A")), List.of(log("X B"))));
    chain.mine(List.of(List.of(), List.of(log("X AB"))));
    chain.mine();
    chain.keepReceipts();
  }

  private Block block(long number) {
    return chain.view().block(number).orElseThrow();
  }

  /** The logs of a block as its receipts have them. */
  private List<String> logs(long number) {
    List<String> logs = new ArrayList<>();
    block(number).receipts().orElseThrow().logs().forEach(log -> logs.add(log.text()));
    return logs;
  }

  @Test
  void tellsTheHead() {
    growWithReceipts();

    assertThat(ask("eth_blockNumber", "")).isEqualTo(quoted("0x67"));
    assertThat(ask("eth_blockNumber", "[]")).isEqualTo(quoted("0x67"));
  }

  @Test
  void namesTheChainAsTheOneWhoAnswered() {
    growWithReceipts();
    Call call = Questions.call("eth_blockNumber", "[]");

    Questions.ask(both, call);

    assertThat(call.journal().servedBy()).isEqualTo("chain");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "eth_blockNumber | []",
        "eth_getBlockByNumber | ['latest',false]",
        "eth_getBlockByNumber | ['0x64',false]",
        "eth_getBlockReceipts | ['0x64']",
        "eth_getLogs | [{}]",
        "eth_getLogs | [{'fromBlock':'0x7fffffff'}]"
      })
  void asksAProviderWhileNothingIsKnown(String method, String params) {
    assertThat(ask(method, params)).isEqualTo(ASKED + params.replace('\'', '"'));
  }

  @Test
  void givesBlocksWithTheHashesOfTheirTransactions() {
    growWithReceipts();
    String json = block(0x66).json().text();

    assertThat(ask("eth_getBlockByNumber", "['0x66',false]")).isEqualTo(json);
    assertThat(ask("eth_getBlockByHash", "['" + block(0x66).hash() + "',false]")).isEqualTo(json);
    assertThat(ask("eth_getBlockByNumber", "['latest',false]"))
        .isEqualTo(block(0x67).json().text());
  }

  @Test
  void countsTransactions() {
    growWithReceipts();

    assertThat(ask("eth_getBlockTransactionCountByNumber", "['0x66']")).isEqualTo(quoted("0x2"));
    assertThat(ask("eth_getBlockTransactionCountByNumber", "['latest']")).isEqualTo(quoted("0x0"));
    assertThat(ask("eth_getBlockTransactionCountByHash", "['" + block(0x65).hash() + "']"))
        .isEqualTo(quoted("0x2"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eth_getBlockByNumber ['0x66',true]",
        "eth_getBlockByNumber ['0x66']",
        "eth_getBlockByNumber ['0x66',false,1]",
        "eth_getBlockByNumber ['0x63',false]",
        "eth_getBlockByNumber ['pending',false]",
        "eth_getBlockByNumber ['earliest',false]",
        "eth_getBlockByNumber ['safe',false]",
        "eth_getBlockByNumber ['0x066',false]",
        "eth_getBlockByNumber [102,false]",
        "eth_getBlockByNumber {'number':'0x66'}",
        "eth_getBlockByHash ['0x66',false]",
        "eth_getBlockTransactionCountByNumber ['0x63']",
        "eth_getHeaderByNumber ['0x66']",
        "eth_getBlockReceipts ['0x63']",
        "eth_getBlockReceipts ['pending']",
        "eth_getTransactionReceipt ['0x66']",
        "eth_getLogs [{'fromBlock':'0x63','toBlock':'0x67'}]",
        "eth_getLogs [{'fromBlock':'0x65','toBlock':'0x68'}]",
        "eth_getLogs [{'fromBlock':'0x68','toBlock':'0x69'}]",
        "eth_getLogs [{'fromBlock':'0x66','toBlock':'0x65'}]",
        "eth_getLogs [{'fromBlock':'earliest','toBlock':'0x65'}]",
        "eth_getLogs [{'fromBlock':'0x65','toBlock':'pending'}]",
        "eth_getLogs [{'fromBlock':'0x65','toBlock':'0x66','limit':1}]",
        "eth_getLogs [{'fromBlock':'0x65','toBlock':'0x66','topics':['0x1']}]",
        "eth_getLogs [{'fromBlock':'0x65','toBlock':'0x66'},1]",
        "eth_getLogs []",
        "eth_gasPrice []",
      })
  void leavesToProvidersWhatTheBlocksDoNotSay(String question) {
    growWithReceipts();
    chain.settled(Optional.empty(), Optional.empty());
    int space = question.indexOf(' ');
    String params = question.substring(space + 1).replace('\'', '"');

    assertThat(ask(question.substring(0, space), params)).isEqualTo(ASKED + params);
  }

  @Test
  void takesNoHashWhereAMethodTakesANumber() {
    growWithReceipts();
    String params = "[" + quoted(block(0x66).hash()) + ",false]";

    assertThat(ask("eth_getBlockByNumber", params)).isEqualTo(ASKED + params);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eth_getBlockByNumber ['0x68',false]",
        "eth_getBlockByNumber ['0x68',true]",
        "eth_getBlockByNumber ['0x7fffffffffffffff',false]",
        "eth_getHeaderByNumber ['0x68']",
        "eth_getBlockReceipts ['0x69']",
        "eth_getBlockTransactionCountByNumber ['0x68']",
        "eth_getUncleCountByBlockNumber ['0x68']",
        "eth_getTransactionByBlockNumberAndIndex ['0x68','0x0']",
      })
  void saysAtOnceThatABlockBeyondTheHeadIsNotThere(String question) {
    growWithReceipts();
    int space = question.indexOf(' ');

    assertThat(ask(question.substring(0, space), question.substring(space + 1))).isEqualTo("null");
  }

  @Test
  void givesReceipts() {
    growWithReceipts();
    Block block = block(0x65);
    String all = chain.receipts(block).text();

    assertThat(ask("eth_getBlockReceipts", "['0x65']")).isEqualTo(all);
    assertThat(ask("eth_getBlockReceipts", "['" + block.hash() + "']")).isEqualTo(all);
    assertThat(ask("eth_getBlockReceipts", "[{'blockHash':'" + block.hash() + "'}]"))
        .isEqualTo(all);
    assertThat(ask("eth_getBlockReceipts", "['latest']")).isEqualTo("[]");
    JsonNode second = MAPPER.readTree(all).get(1);
    String receipt =
        ask("eth_getTransactionReceipt", "['" + LoggedChain.transaction(block, 1) + "']");
    assertThat(MAPPER.readTree(receipt)).isEqualTo(second);
    assertThat(demands).isEmpty();
  }

  @Test
  void neverSaysThatThereIsNoReceipt() {
    growWithReceipts();
    String params = "[" + quoted(block(0x64).hash()) + "]";

    assertThat(ask("eth_getTransactionReceipt", params)).isEqualTo(ASKED + params);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eth_getBlockReceipts ['0x65']",
        "eth_getLogs [{'fromBlock':'0x65','toBlock':'0x65'}]",
        "eth_getLogs [{'fromBlock':'0x64','toBlock':'0x66'}]",
        "eth_getTransactionReceipt"
            + " ['0x1111111111111111111111111111111111111111111111111111111111111111']",
      })
  void asksAProviderAndWantsReceiptsThatAreNotKept(String question) {
    chain.first(0x64);
    chain.mine(List.of(List.of(log("X A"))));
    chain.mine();
    chain.keepReceipts(block(0x64));
    int space = question.indexOf(' ');
    String params = question.substring(space + 1).replace('\'', '"');

    String asked = ask(question.substring(0, space), params);

    assertThat(asked).isEqualTo(ASKED + params);
    assertThat(demands).containsExactly(LoggedChain.CHAIN_ID);
  }

  @Test
  void findsLogsInTheOrderOfTheChain() {
    growWithReceipts();
    List<String> all = new ArrayList<>(logs(0x65));
    all.addAll(logs(0x66));

    assertThat(all).hasSize(4);
    assertThat(ask("eth_getLogs", "[{'fromBlock':'0x64','toBlock':'latest'}]"))
        .isEqualTo(array(all));
    assertThat(ask("eth_getLogs", "[{'fromBlock':'0x66'}]")).isEqualTo(array(logs(0x66)));
    assertThat(ask("eth_getLogs", "[{'blockHash':'" + block(0x65).hash() + "'}]"))
        .isEqualTo(array(logs(0x65)));
    assertThat(ask("eth_getLogs", "[{}]")).isEqualTo("[]");
  }

  @Test
  void findsOnlyLogsThatAreWanted() {
    growWithReceipts();
    String range = "[{'fromBlock':'0x64','toBlock':'0x67',";

    assertThat(ask("eth_getLogs", range + "'address':'" + address('Y') + "'}]"))
        .isEqualTo(array(List.of(logs(0x65).get(1))));
    assertThat(ask("eth_getLogs", range + "'topics':['" + topic('A') + "']}]"))
        .isEqualTo(array(List.of(logs(0x65).get(0), logs(0x65).get(1), logs(0x66).get(0))));
    assertThat(ask("eth_getLogs", range + "'topics':[null,'" + topic('A') + "']}]"))
        .isEqualTo("[]");
  }

  @Test
  void saysThatNothingIsThereYetAfterTheHead() {
    growWithReceipts();

    assertThat(ask("eth_getLogs", "[{'fromBlock':'0x68'}]")).isEqualTo("[]");
    assertThat(ask("eth_getLogs", "[{'fromBlock':'0x68','toBlock':'latest'}]")).isEqualTo("[]");
  }

  @Test
  void leavesAnAnswerThatIsTooLargeToProviders() {
    chain.first(0x64);
    for (int i = 0; i < 6; i++) {
      chain.mine(List.of(Collections.nCopies(1_000, log("X A"))));
    }
    chain.keepReceipts();

    assertThat(ask("eth_getLogs", "[{'fromBlock':'0x65','toBlock':'0x69'}]")).startsWith("[{");
    assertThat(ask("eth_getLogs", "[{'fromBlock':'0x65','toBlock':'0x6a'}]")).startsWith(ASKED);
    assertThat(
            ask(
                "eth_getLogs",
                "[{'fromBlock':'0x65','toBlock':'0x6a','address':'" + address('Y') + "'}]"))
        .isEqualTo("[]");
  }

  @Test
  void answersFromTheNewBranchAfterAReorganisation() {
    growWithReceipts();
    String orphan = "[" + quoted(block(0x66).hash()) + "]";
    String lost = "[" + quoted(LoggedChain.transaction(block(0x66), 1)) + "]";
    assertThat(ask("eth_getTransactionReceipt", lost)).startsWith("{");

    chain.reorganise(0x65, 1, List.of(List.of(log("Y B"))));
    chain.keepReceipts();

    assertThat(ask("eth_blockNumber", "[]")).isEqualTo(quoted("0x68"));
    assertThat(ask("eth_getBlockByNumber", "['0x66',false]")).isEqualTo(block(0x66).json().text());
    assertThat(ask("eth_getBlockReceipts", orphan)).isEqualTo(ASKED + orphan);
    assertThat(ask("eth_getTransactionReceipt", lost)).isEqualTo(ASKED + lost);
    assertThat(ask("eth_getLogs", "[{'fromBlock':'0x66','toBlock':'latest'}]"))
        .isEqualTo(array(logs(0x68)));
  }

  @Test
  void answersAWholeBatchFromOneView() {
    growWithReceipts();
    Moment batch = new Moment();
    String before = Questions.ask(both, Questions.call("eth_blockNumber", "[]", batch));

    chain.reorganise(0x65, 1, List.of());

    String params = "[\"latest\",false]";
    String tip = Questions.ask(both, Questions.call("eth_getBlockByNumber", params, batch));
    assertThat(before).isEqualTo(quoted("0x67"));
    assertThat(tip).contains("\"number\":\"0x67\"");
    assertThat(ask("eth_getBlockByNumber", params)).contains("\"number\":\"0x68\"");
  }

  /** Random logs and filters against the plain meaning of both, block by block. */
  @Test
  void findsTheSameLogsAsASearchThroughAllOfThem() {
    Random random = new Random(42);
    chain.first(0x64);
    for (int i = 0; i < 40; i++) {
      chain.mine(List.of(randomLogs(random), randomLogs(random)));
    }
    chain.keepReceipts();

    for (int i = 0; i < 300; i++) {
      long from = 0x64L + random.nextInt(41);
      long to = from + random.nextLong(0x64L + 41 - from);
      String filter = randomFilter(random, from, to);

      List<JsonNode> expected = new ArrayList<>();
      JsonNode wanted = MAPPER.readTree(filter);
      for (long number = from; number <= to; number++) {
        logs(number).stream()
            .map(MAPPER::readTree)
            .filter(log -> PlainFilter.wants(wanted, log))
            .forEach(expected::add);
      }
      JsonNode found = MAPPER.readTree(ask("eth_getLogs", "[" + filter + "]"));
      assertThat(found.valueStream().toList()).as(filter).isEqualTo(expected);
    }
    assertThat(demands).isEmpty();
  }

  private static List<Log> randomLogs(Random random) {
    List<Log> logs = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      StringBuilder log = new StringBuilder(random.nextBoolean() ? "X " : "Y ");
      for (int topics = random.nextInt(5); topics > 0; topics--) {
        log.append((char) ('A' + random.nextInt(4)));
      }
      logs.add(log(log.toString()));
    }
    return logs;
  }

  private static String randomFilter(Random random, long from, long to) {
    List<String> topics = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      String one = quoted(topic((char) ('A' + random.nextInt(4))));
      String two = quoted(topic((char) ('A' + random.nextInt(4))));
      topics.add(
          switch (random.nextInt(4)) {
            case 0 -> "null";
            case 1 -> "[]";
            case 2 -> "[" + one + "," + two + "]";
            default -> one;
          });
    }
    String address =
        switch (random.nextInt(3)) {
          case 0 -> "";
          case 1 -> ",\"address\":" + quoted(address('X'));
          default -> ",\"address\":[" + quoted(address('Y')) + "]";
        };
    return "{\"fromBlock\":\"0x%x\",\"toBlock\":\"0x%x\",\"topics\":%s%s}"
        .formatted(from, to, array(topics), address);
  }
}
