package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Asked;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RpcClient.Answered;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads of blocks that the gateway knows are answered of these very blocks, by their hashes. */
class PinnedReadsTest {

  private static final int MANY = 12;

  private final FakeTicker ticker = new FakeTicker();
  private final FaultBed bed = FaultBed.apart(2, 137).ticker(ticker).start().awaitAll();

  private final CountDownLatch held = new CountDownLatch(1);

  @AfterEach
  void stop() {
    held.countDown();
    bed.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "eth_getBalance | ['0xaa','latest'] | eth_getBalance | ['0xaa',OBJECT]",
        "eth_getCode | ['0xaa',{'blockNumber':'0x3e8'}] | eth_getCode | ['0xaa',OBJECT]",
        "eth_getTransactionCount | ['0xaa'] | eth_getTransactionCount | ['0xaa',OBJECT]",
        "eth_getStorageAt | ['0xaa','0x0','0x3e8'] | eth_getStorageAt | ['0xaa','0x0',OBJECT]",
        "eth_call | [ {} ,'latest', {}] | eth_call | [ {} ,OBJECT, {}]",
        "eth_getBlockByNumber | ['latest', true] | eth_getBlockByHash | [HASH, true]",
        "eth_getBlockReceipts | ['latest'] | eth_getBlockReceipts | [HASH]",
      })
  void namesTheBlockByItsHash(String method, String params, String named, String exact) {
    bed.each(each -> each.forgetAsked());

    Answered answered = bed.client().call(method, params.replace('\'', '"'));

    String hash = "\"" + bed.world.hash(1_000) + "\"";
    String object = "{\"blockHash\":" + hash + ",\"requireCanonical\":true}";
    String expected = exact.replace('\'', '"').replace("OBJECT", object).replace("HASH", hash);
    assertThat(answered.text()).contains("\"result\"");
    assertThat(asked(named)).extracting(Asked::params).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "-32602,invalid argument 1: cannot unmarshal object into Go value of type string",
    "-32000,unexpected block parameter",
    "-32601,method not found"
  })
  void asksByNumberWhoDoesNotTakeHashes(int code, String message) {
    bed.each(each ->
        each.on("eth_getBalance")
            .when(asked -> asked.params().contains("blockHash"))
            .error(code, message));

    for (int i = 0; i < MANY; i++) {
      assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    }
    boolean areWell = bed.state(1).equals("healthy") && bed.state(2).equals("healthy");
    bed.each(each -> each.forgetAsked());
    bed.balance();

    assertThat(areWell).isTrue();
    assertThat(asked("eth_getBalance"))
        .extracting(Asked::params)
        .containsExactly("[\"" + FaultBed.ADDRESS + "\",\"0x3e8\"]");
  }

  @Test
  void takesAFailureForAnObjectionToTheHashOnlyWhenItIsRepeated() {
    bed.each(each ->
        each.on("eth_getBalance")
            .when(asked -> asked.params().contains("blockHash"))
            .error(-32603, "Internal server error"));
    for (int i = 0; i < MANY; i++) {
      assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    }
    bed.each(each -> each.forgetAsked());
    bed.balance();
    boolean asksByHashStill = isAskedByHash();

    for (int second = 0; second < MANY; second++) {
      ticker.advance(Duration.ofSeconds(1));
      bed.balance();
    }
    bed.each(each -> each.forgetAsked());
    bed.balance();

    assertThat(asksByHashStill).isTrue();
    assertThat(isAskedByHash()).isFalse();
  }

  private boolean isAskedByHash() {
    return asked("eth_getBalance").stream().anyMatch(asked -> asked.params().contains("blockHash"));
  }

  @Test
  void keepsForOthersWhatIsCertainlyOfTheBlock() {
    FaultBed.Builder keeping = FaultBed.apart(2, 137).ticker(new FakeTicker()).cached();
    try (FaultBed kept = keeping.start().awaitAll()) {
      kept.each(each ->
          each.on("eth_getCode")
              .when(asked -> asked.params().contains("blockHash"))
              .error(-32602, "invalid argument 1"));
      kept.balance();
      kept.client().call("eth_getCode", FaultBed.OF_ADDRESS);
      kept.each(each -> each.forgetAsked());

      kept.balance();
      kept.client().call("eth_getCode", FaultBed.OF_ADDRESS);

      assertThat(kept.asked("eth_getBalance")).as("asked by hash").isZero();
      assertThat(kept.asked("eth_getCode")).as("asked by number").isPositive();
    }
  }

  @Test
  void asksByNumberWhoCallsEveryHashUnknown() {
    bed.each(each ->
        each.on("eth_getBalance")
            .when(asked -> asked.params().contains("blockHash"))
            .error(-32602, "invalid block hash"));

    CompletableFuture<Answered> answer = bed.balanceAsync();
    bed.gateway.await(answer::isDone, "it is answered");

    assertThat(answer.join().text()).contains(FaultBed.BALANCE);
  }

  @Test
  void givesTheClientItsOwnErrorOnce() {
    bed.each(each -> each.on("eth_call").error(-32602, "invalid argument 0: hex string"));

    Answered answered = bed.client().call("eth_call", "[{},\"latest\"]");

    assertThat(answered.text()).contains("-32602").contains("hex string");
  }

  @Test
  void asksAnotherWhenOneIsOnAnotherBranch() {
    bed.balance();
    bed.u(1).on("eth_getBalance").error(-32000, "hash 0xaa is not currently canonical");

    for (int i = 0; i < MANY; i++) {
      assertThat(bed.balance().text()).contains(FaultBed.BALANCE);
    }

    assertThat(bed.state(1)).isEqualTo("healthy");
  }

  @Test
  void resolvesACallAnewWhenItsBlockIsReplaced() {
    fork();
    bed.each(each -> each.forgetAsked());

    CompletableFuture<Answered> answer = bed.balanceAsync();
    bed.gateway.await(answer::isDone, "it is answered");

    assertThat(answer.join().text()).contains(FaultBed.BALANCE);
    String replacement = bed.world.hash(1_001);
    assertThat(asked("eth_getBalance")).anyMatch(asked -> asked.params().contains(replacement));
  }

  @Test
  void neverMixesBranchesInABatch() {
    String before = bed.world.hash(1_000);
    fork();
    String latest =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBalance\",\"params\":%s}"
            .formatted(FaultBed.OF_ADDRESS);
    bed.each(each -> each.forgetAsked());

    CompletableFuture<String> answer =
        CompletableFuture.supplyAsync(
            () -> bed.client().post("/", "[" + latest + "," + latest + "]").text());
    bed.gateway.await(answer::isDone, "it is answered");

    assertThat(answer.join()).contains("-32014").doesNotContain(FaultBed.BALANCE);
    assertThat(asked("eth_getBalance"))
        .filteredOn(asked -> asked.params().contains("blockHash"))
        .allMatch(asked -> asked.params().contains(before));
    assertThat(asked("eth_getBalance"))
        .anyMatch(asked -> asked.params().contains("\"requireCanonical\":false"));
  }

  @Test
  void givesUpSoonOnABatchOfABlockThatWasReplaced() {
    bed.each(each -> each.on("eth_getBalance").error(-32000, "header not found"));
    fork();
    long beganNanos = ticker.nanos();

    String answer = inABatch("eth_getBalance", FaultBed.OF_ADDRESS, "eth_chainId", "[]");

    assertThat(answer).contains("-32014");
    assertThat(Duration.ofNanos(ticker.nanos() - beganNanos)).isLessThan(Duration.ofSeconds(6));
  }

  @Test
  void saysNothingOfATransactionInABlockThatWasReplaced() {
    String method = "eth_getTransactionByBlockNumberAndIndex";
    String byHash = "eth_getTransactionByBlockHashAndIndex";
    bed.each(each -> each.on(byHash).times(2).answer("null"));
    String before = bed.client().call(method, "[\"latest\",\"0x0\"]").text();
    bed.each(each -> each.forgetScript().on(byHash).withResult("null").hold(held));

    CompletableFuture<String> answer =
        inABatchAsync(method, "[\"latest\",\"0x0\"]", "eth_chainId", "[]");
    forkWhileIsAsked(byHash);
    bed.gateway.await(answer::isDone, "it is answered");

    assertThat(before).contains("\"result\":null");
    assertThat(answer.join()).contains("-32014").doesNotContain("\"result\":null");
  }

  @Test
  void namesTheBlockOfLogsByItsHash() {
    bed.each(each -> each.forgetAsked());

    bed.client().call("eth_getLogs", "[{\"fromBlock\":\"latest\",\"topics\":[null]}]");

    assertThat(asked("eth_getLogs"))
        .extracting(Asked::params)
        .containsExactly("[{\"blockHash\":\"" + bed.world.hash(1_000) + "\",\"topics\":[null]}]");
  }

  @Test
  void neverGivesTheLogsOfAnotherBranchInABatch() {
    bed.each(each -> each.on("eth_getLogs").hold(held));

    CompletableFuture<String> answer =
        inABatchAsync(
            "eth_getBlockByNumber",
            "[\"latest\",false]",
            "eth_getLogs",
            "[{\"fromBlock\":\"0x3e0\",\"toBlock\":\"latest\"}]");
    forkWhileIsAsked("eth_getLogs");
    bed.gateway.await(answer::isDone, "it is answered");

    assertThat(answer.join()).contains("-32014").doesNotContain("\"result\":[");
  }

  @Test
  void asksForLogsAnewWhenTheirLastBlockIsReplaced() {
    bed.each(each -> each.on("eth_getLogs").hold(held));

    CompletableFuture<Answered> answer =
        bed.client().callAsync("eth_getLogs", "[{\"fromBlock\":\"0x3e0\",\"toBlock\":\"latest\"}]");
    forkWhileIsAsked("eth_getLogs");
    bed.gateway.await(answer::isDone, "it is answered");

    assertThat(answer.join().text()).contains("\"result\":[]");
    assertThat(asked("eth_getLogs")).anyMatch(asked -> asked.params().contains("0x3e9"));
  }

  @Test
  void findsNothingInABatchThatIsOfAnotherBranch() {
    String hash = "0x" + "7".repeat(64);
    String other = FakeWorld.ofChain(137).forkFrom(1_000, "other").hash(1_000);
    String found =
        "{\"hash\":\"%s\",\"blockHash\":\"%s\",\"blockNumber\":\"0x3e8\"}".formatted(hash, other);
    bed.each(each -> each.on("eth_getTransactionByHash").withResult(found).hold(held));
    CompletableFuture<String> answer =
        inABatchAsync("eth_getTransactionByHash", "[\"" + hash + "\"]", "eth_chainId", "[]");
    forkWhileIsAsked("eth_getTransactionByHash");
    bed.gateway.await(answer::isDone, "it is answered");

    assertThat(answer.join()).doesNotContain(other);
    assertThat(bed.client().call("eth_getTransactionByHash", "[\"" + hash + "\"]").text())
        .contains(other);
  }

  /** What is asked is held until the gateway has seen that the chain is another one. */
  private void forkWhileIsAsked(String method) {
    bed.gateway.await(() -> !asked(method).isEmpty(), "it is asked");
    fork();
    bed.gateway.await(
        () -> bed.client().call("eth_blockNumber", "[]").text().contains("0x3e9"),
        "the fork is seen");
    held.countDown();
  }

  private String inABatch(String method, String params, String other, String otherParams) {
    CompletableFuture<String> answer = inABatchAsync(method, params, other, otherParams);
    bed.gateway.await(answer::isDone, "it is answered");
    return answer.join();
  }

  private CompletableFuture<String> inABatchAsync(
      String method, String params, String other, String otherParams) {
    String item = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}";
    String batch =
        "[" + item.formatted(method, params) + "," + item.formatted(other, otherParams) + "]";
    return CompletableFuture.supplyAsync(() -> bed.client().post("/", batch).text());
  }

  /** Both change branch, which the gateway sees when the clock is turned. */
  private void fork() {
    bed.each(each -> each.world().forkFrom(1_000, "other").head(1_001));
  }

  private List<Asked> asked(String method) {
    return bed.providers.stream().flatMap(each -> each.asked(method).stream()).toList();
  }
}
