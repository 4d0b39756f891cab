package io.jethproxy.subscribe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.chain.Block;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Log;
import io.jethproxy.rpc.RawJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class FiltersTest {

  private static final byte[] ADDRESS = new byte[20];

  private final Polling polling = new Polling();

  private static List<List<Log>> log(int data) {
    return List.of(List.of(new Log(ADDRESS, List.of(), new byte[] {(byte) data})));
  }

  private static int code(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Rejected(var fault, var _, var _) -> fault.code();
      case Outcome.Refused(var refusal) -> refusal.kind().code();
      case Outcome.Answer _, Outcome.Unserved _ -> 0;
    };
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  private String newBlockFilter() {
    return Polling.text(polling.ask("eth_newBlockFilter", "[]"));
  }

  // Blocks.

  @Test
  void tellsTheHashesOfNewBlocksOnceAndInOrder() {
    polling.chain.first(7);
    String id = newBlockFilter();

    Block first = polling.chain.mine();
    Block second = polling.chain.mine();

    assertThat(texts(polling.changes(id)))
        .containsExactly(first.hash().toString(), second.hash().toString());
    assertThat(polling.changes(id)).isEmpty();
    assertThat(polling.asked).isEmpty();
  }

  @Test
  void tellsTheBlocksOfANewBranchFromTheForkOn() {
    polling.chain.first(7);
    polling.chain.mine();
    String id = newBlockFilter();
    polling.chain.mine();
    polling.changes(id);

    polling.chain.reorganise(7, 1, List.of());

    assertThat(texts(polling.changes(id)))
        .containsExactlyElementsOf(
            polling.canonical.tailMap(8L).values().stream()
                .map(block -> block.hash().toString())
                .toList())
        .hasSize(3);
  }

  // Logs.

  @Test
  void takesBackInReverseOrderWhatItToldOfAnOrphanedBlock() {
    polling.chain.first(7);
    String id = polling.newFilter("{}");
    polling.chain.mine(log(1));
    polling.chain.mine(log(2));
    polling.chain.keepReceipts();
    polling.changes(id);

    polling.chain.reorganise(7, 1, log(3));

    JsonNode changes = polling.changes(id);
    assertThat(texts(changes.findValues("data"))).containsExactly("0x02", "0x01", "0x03");
    assertThat(changes.findValues("removed").stream().map(JsonNode::asBoolean))
        .containsExactly(true, true, false);
  }

  private static List<String> texts(List<JsonNode> values) {
    return values.stream().map(JsonNode::asString).toList();
  }

  @Test
  void takesNothingBackThatItNeverTold() {
    polling.chain.first(7);
    polling.chain.mine(log(1));
    polling.chain.keepReceipts();
    String id = polling.newFilter("{}");

    polling.chain.reorganise(7, 1, log(2));

    assertThat(texts(polling.changes(id).findValues("data"))).containsExactly("0x02");
  }

  @Test
  void asksByHashForTheLogsOfABlockThatIsNotKeptAndOnlyOnceForAll() {
    polling.chain.first(7);
    String one = polling.newFilter("{}");
    String other = polling.newFilter("{\"address\":\"0x" + "0".repeat(40) + "\"}");
    polling.chain.mine(log(1));

    assertThat(polling.changes(one)).hasSize(1);
    assertThat(polling.changes(other)).hasSize(1);
    assertThat(polling.asked).containsExactly("eth_getLogs");
  }

  @Test
  void checksTheLogsOfABigBlock() {
    polling.chain.first(7);
    String id = polling.newFilter("{}");
    List<Log> many = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      many.add(new Log(ADDRESS, List.of(new Hash(0, 0, 0, i)), new byte[] {(byte) i}));
    }
    polling.chain.mine(List.of(many));

    polling.provider = _ -> Polling::withoutTheLast;
    assertThat(code(polling.poll(id))).isEqualTo(Refusal.Kind.MISSING_DATA.code());
    polling.provider = _ -> honest -> honest;
    assertThat(polling.changes(id)).hasSize(300);
  }

  @Test
  void staysWhereItWasWhenNobodyHasTheLogs() {
    polling.chain.first(7);
    String id = polling.newFilter("{}");
    polling.chain.mine(log(1));

    polling.provider = _ -> _ -> Polling.OUT;
    assertThat(code(polling.poll(id))).isEqualTo(Refusal.Kind.NO_PROVIDER.code());

    polling.provider = _ -> honest -> honest;
    assertThat(polling.changes(id)).hasSize(1);
  }

  @Test
  void staysWhereItWasWhenTheClientIsGoneBeforeItsAnswer() {
    polling.chain.first(7);
    String id = polling.newFilter("{}");
    polling.chain.mine(log(1));
    Abandonment gone = new Abandonment();
    List<Runnable> answers = new ArrayList<>();

    polling.ask("eth_getFilterChanges", "[\"" + id + "\"]", gone, call -> held(call, answers));
    gone.declare();
    answers.forEach(Runnable::run);

    assertThat(polling.changes(id)).hasSize(1);
  }

  private CompletableFuture<Outcome> held(Call call, List<Runnable> answers) {
    CompletableFuture<Outcome> answer = new CompletableFuture<>();
    answers.add(() -> answer.complete(polling.answer(call).join()));
    return answer;
  }

  @Test
  void answersPollsOfOneFilterOneAfterTheOther() {
    polling.chain.first(7);
    String id = polling.newFilter("{}");
    polling.chain.mine(log(1));
    List<Runnable> answers = new ArrayList<>();
    String params = "[\"" + id + "\"]";

    CompletableFuture<Outcome> first =
        polling.ask("eth_getFilterChanges", params, new Abandonment(), call -> held(call, answers));
    CompletableFuture<Outcome> second =
        polling.ask("eth_getFilterChanges", params, new Abandonment(), polling::answer);
    assertThat(second).isNotDone();
    answers.forEach(Runnable::run);

    assertThat(Polling.json(first.join())).hasSize(1);
    assertThat(Polling.json(second.join())).isEmpty();
  }

  @Test
  void aPollThatWaitsForItsTurnEndsAtItsDeadline() {
    polling.chain.first(7);
    String id = polling.newFilter("{}");
    polling.chain.mine(log(1));
    List<Runnable> answers = new ArrayList<>();
    String params = "[\"" + id + "\"]";
    polling.ask("eth_getFilterChanges", params, new Abandonment(), call -> held(call, answers));
    CompletableFuture<Outcome> second =
        polling.ask("eth_getFilterChanges", params, new Abandonment(), polling::answer);

    polling.ticker.advanceMillis(10_001);

    assertThat(code(second.join())).isEqualTo(Refusal.Kind.TIMEOUT.code());
    answers.forEach(Runnable::run);
    assertThat(polling.changes(id)).isEmpty();
  }

  // What bounds a log filter.

  @Test
  void tellsOnlyOfTheBlocksThatItNames() {
    polling.chain.first(7);
    String id = polling.newFilter("{\"fromBlock\":\"0x9\",\"toBlock\":\"0xa\"}");
    for (int i = 8; i <= 11; i++) {
      polling.chain.mine(log(i));
    }

    assertThat(texts(polling.changes(id).findValues("blockNumber"))).containsExactly("0x9", "0xa");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[7]",
        "[{\"fromBlock\":\"0xa\",\"toBlock\":\"0x9\"}]",
        "[{\"fromBlock\":\"latest\",\"toBlock\":\"0x9\"}]",
        "[{\"fromBlock\":\"pending\"}]",
        "[{\"toBlock\":\"safe\"}]",
        "[{\"fromBlock\":12}]",
        "[{\"address\":\"0x1\"}]",
        "[{\"topics\":[\"0x1\"]}]",
        "[{\"topics\":[null,null,null,null,null]}]"
      })
  void refusesWhatGethDoesNotTakeEither(String params) {
    polling.chain.first(7);

    assertThat(code(polling.ask("eth_newFilter", params))).isEqualTo(-32602);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"fromBlock\":null,\"toBlock\":null}",
        "{\"fromBlock\":\"latest\",\"toBlock\":\"latest\"}",
        "{\"fromBlock\":\"earliest\"}",
        "{\"fromBlock\":\"0x0\",\"toBlock\":\"latest\"}"
      })
  void tellsOfAllNewBlocksWhenNoneIsNamed(String object) {
    polling.chain.first(7);
    String id = polling.newFilter(object);
    polling.chain.mine(log(1));

    assertThat(polling.changes(id)).hasSize(1);
  }

  @Test
  void asksForAllLogsOfAFilterAsEthGetLogsDoes() {
    polling.chain.first(7);
    String id = polling.newFilter("{\"fromBlock\":\"0x1\"}");

    assertThat(Polling.json(polling.ask("eth_getFilterLogs", "[\"" + id + "\"]"))).hasSize(1);
    assertThat(polling.asked).containsExactly("eth_getLogs");
    assertThat(code(polling.ask("eth_getFilterLogs", "[\"" + newBlockFilter() + "\"]")))
        .isEqualTo(-32000);
  }

  // Who finds it, and for how long.

  @Test
  void idsAreNumbersOf128BitsThatDoNotRepeat() {
    polling.chain.first(7);
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      ids.add(newBlockFilter());
    }

    assertThat(ids).hasSize(500).allMatch(id -> id.matches("0x[1-9a-f][0-9a-f]{31}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"0x1\"]", "[]", "[7]", "[\"\"]"})
  void knowsNoFilterOfAnotherId(String params) {
    Outcome outcome = polling.ask("eth_getFilterChanges", params);

    assertThat(code(outcome)).isEqualTo(-32000);
    assertThat(((Outcome.Rejected) outcome).fault().message()).isEqualTo("filter not found");
    assertThat(Polling.json(polling.ask("eth_uninstallFilter", params)).asBoolean()).isFalse();
  }

  @Test
  void isNotFoundOnAnotherNetwork() {
    polling.chain.first(7);
    String params = "[\"" + newBlockFilter() + "\"]";

    assertThat(code(polling.askElsewhere("eth_getFilterChanges", params))).isEqualTo(-32000);
    assertThat(Polling.json(polling.askElsewhere("eth_uninstallFilter", params)).asBoolean())
        .isFalse();
    assertThat(code(polling.ask("eth_getFilterChanges", params))).isZero();
  }

  @Test
  void isGoneWhenItsClientEndsIt() {
    polling.chain.first(7);
    String params = "[\"" + newBlockFilter() + "\"]";

    assertThat(Polling.json(polling.ask("eth_uninstallFilter", params)).asBoolean()).isTrue();
    assertThat(Polling.json(polling.ask("eth_uninstallFilter", params)).asBoolean()).isFalse();
    assertThat(code(polling.ask("eth_getFilterChanges", params))).isEqualTo(-32000);
  }

  @Test
  void isForgottenAfterFiveMinutesWithoutAPoll() {
    polling.chain.first(7);
    String idle = newBlockFilter();
    String polled = newBlockFilter();

    polling.ticker.advance(Duration.ofSeconds(299));
    assertThat(code(polling.poll(polled))).isZero();
    polling.ticker.advance(Duration.ofSeconds(2));

    assertThat(code(polling.poll(polled))).isZero();
    assertThat(code(polling.poll(idle))).isEqualTo(-32000);
  }

  @Test
  void keepsNoMoreThanItMayUntilOthersAreGone() {
    Polling small =
        new Polling(new Filters.Config(3, 2, Duration.ofMinutes(1), Filters.Config.BYTES_MAX));
    small.chain.first(7);
    String first = Polling.text(small.ask("eth_newBlockFilter", "[]"));
    small.newFilter("{}");
    assertThat(code(small.ask("eth_newBlockFilter", "[]"))).isEqualTo(-32005);

    small.ask("eth_uninstallFilter", "[\"" + first + "\"]");
    assertThat(code(small.ask("eth_newBlockFilter", "[]"))).isZero();
    assertThat(code(small.ask("eth_newBlockFilter", "[]"))).isEqualTo(-32005);
    small.ticker.advance(Duration.ofMinutes(2));
    assertThat(code(small.ask("eth_newBlockFilter", "[]"))).isZero();
  }

  @Test
  void hasNoneWhereTheChainIsNotFollowedOrNotKnown() {
    assertThat(code(polling.askElsewhere("eth_newBlockFilter", "[]"))).isEqualTo(-32601);
    assertThat(code(polling.ask("eth_newBlockFilter", "[]"))).isEqualTo(-32002);
  }

  @Test
  void saysThatItIsGoneWhenBlocksCannotBeFollowedBack() {
    polling.chain.first(7);
    String id = newBlockFilter();
    for (int i = 0; i < 128 + HeadCursor.BELOW_MAX + 2; i++) {
      polling.chain.mine();
    }

    Outcome outcome = polling.poll(id);

    assertThat(code(outcome)).isEqualTo(-32000);
    assertThat(((Outcome.Rejected) outcome).fault().message())
        .startsWith("filter not found: more blocks went by");
    assertThat(code(polling.poll(id))).isEqualTo(-32000);
  }

  // Transactions.

  @Test
  void tellsOfTransactionsThatWerePublishedHere() {
    String hash = "0x" + "5".repeat(64);
    String id = Polling.text(polling.ask("eth_newPendingTransactionFilter", "[]"));
    polling.ask(
        "eth_sendRawTransaction",
        "[\"0x01\"]",
        new Abandonment(),
        _ ->
            CompletableFuture.completedFuture(
                new Outcome.Answer(RawJson.of("\"" + hash + "\""), "p", true)));

    assertThat(texts(polling.changes(id))).containsExactly(hash);
    assertThat(polling.changes(id)).isEmpty();
  }
}
