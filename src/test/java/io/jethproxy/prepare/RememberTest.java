package io.jethproxy.prepare;

import static io.jethproxy.eth.LogFilterTest.log;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Moment;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.LoggedChain;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.RawTransaction;
import io.jethproxy.eth.Rlp;
import io.jethproxy.eth.SignedTransactions;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.testing.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RememberTest {

  private static final long SECRET = 21;
  private static final String SENDER = SignedTransactions.address(SECRET);
  private static final Outcome OUT =
      new Outcome.Refused(new Refusal(Refusal.Kind.NO_PROVIDER, "all are out", "no_provider"));

  private final LoggedChain chain = new LoggedChain();
  private final FakeTicker ticker = new FakeTicker();
  private final Remember remember = new Remember(chain.chains(), ticker);

  private static String quoted(Object text) {
    return "\"" + text + "\"";
  }

  private static String hash(byte[] raw) {
    return RawTransaction.hashOf(raw).toString();
  }

  private byte[] send(long nonce) {
    return send(SignedTransactions.transfer(SECRET, nonce, 9));
  }

  private byte[] send(byte[] raw) {
    String params = "[" + quoted(Hex.text(raw)) + "]";
    Questions.ask(remember, "eth_sendRawTransaction", params, quoted(hash(raw)));
    return raw;
  }

  private String byHash(byte[] raw, String providerAnswers) {
    String params = "[" + quoted(hash(raw)) + "]";
    return Questions.ask(remember, "eth_getTransactionByHash", params, providerAnswers);
  }

  private String count(String block, String providerAnswers) {
    String params = "[" + quoted(SENDER) + "," + quoted(block) + "]";
    return Questions.ask(remember, "eth_getTransactionCount", params, quoted(providerAnswers));
  }

  // A transaction by its hash.

  @Test
  void knowsATransactionThatItsProviderForgot() {
    byte[] raw = send(4);

    JsonNode known = JsonMapper.shared().readTree(byHash(raw, "null"));

    assertThat(known.path("hash").asString()).isEqualTo(hash(raw));
    assertThat(known.path("from").asString()).isEqualTo(SENDER);
    assertThat(known.path("nonce").asString()).isEqualTo("0x4");
    assertThat(known.path("blockHash").isNull()).isTrue();
    assertThat(known.path("gasPrice").asString()).isEqualTo("0x9");
    assertThat(known.path("maxPriorityFeePerGas").asString()).isEqualTo("0x1");
    assertThat(known.path("to").asString()).isEqualTo("0x" + "0".repeat(40));
    assertThat(known.path("accessList").isArray()).isTrue();
    assertThat(known.path("chainId").asString()).isEqualTo("0x1");
    assertThat(known.path("input").asString()).isEqualTo("0x");
    assertThat(known.path("yParity").asString()).isEqualTo(known.path("v").asString());
  }

  @Test
  void prefersWhatAProviderSays() {
    byte[] raw = send(4);

    assertThat(byHash(raw, "{\"nonce\":\"0x4\"}")).isEqualTo("{\"nonce\":\"0x4\"}");
  }

  @Test
  void knowsNoTransactionOfOthers() {
    assertThat(byHash(SignedTransactions.transfer(SECRET, 4, 9), "null")).isEqualTo("null");
  }

  @Test
  void knowsNoTransactionThatNobodyTook() {
    byte[] raw = SignedTransactions.transfer(SECRET, 4, 9);
    Call call = Questions.call("eth_sendRawTransaction", "[" + quoted(Hex.text(raw)) + "]");
    remember.handle(call, _ -> CompletableFuture.completedFuture(OUT)).join();

    assertThat(byHash(raw, "null")).isEqualTo("null");
    assertThat(count("pending", "0x4")).isEqualTo(quoted("0x4"));
  }

  @Test
  void answersWithWhatItKnowsWhenAllProvidersAreOut() {
    byte[] raw = send(4);
    Call call = Questions.call("eth_getTransactionByHash", "[" + quoted(hash(raw)) + "]");

    Outcome outcome = remember.handle(call, _ -> CompletableFuture.completedFuture(OUT)).join();

    assertThat(Questions.text(outcome)).contains(hash(raw));
    assertThat(call.journal().servedBy()).isEqualTo("local");
  }

  @Test
  void forgetsATransactionThatWasReplaced() {
    byte[] first = send(4);
    byte[] dearer = send(SignedTransactions.transfer(SECRET, 4, 20));

    assertThat(byHash(first, "null")).isEqualTo("null");
    assertThat(byHash(dearer, "null")).contains(hash(dearer));
  }

  @Test
  void believesThatATransactionIsGoneOnceItsNonceIsUsed() {
    byte[] raw = send(4);

    count("latest", "0x4");
    assertThat(byHash(raw, "null")).contains(hash(raw));
    count("latest", "0x5");

    assertThat(byHash(raw, "null")).isEqualTo("null");
  }

  @Test
  void learnsNothingFromCountsOfOldBlocks() {
    chain.first(0x64);
    chain.mine();
    byte[] raw = send(4);

    count("0x64", "0x9");
    assertThat(byHash(raw, "null")).contains(hash(raw));
    count("0x65", "0x9");

    assertThat(byHash(raw, "null")).isEqualTo("null");
  }

  @Test
  void knowsTheBlockOfATransactionWhoseReceiptWasShown() {
    Block block = chain.first(0x64);
    byte[] raw = send(4);
    Questions.ask(
        remember,
        "eth_getTransactionReceipt",
        "[" + quoted(hash(raw)) + "]",
        "{\"blockHash\":\"%s\",\"blockNumber\":\"0x64\",\"transactionIndex\":\"0x2\",\"effectiveGasPrice\":\"0x3\"}"
            .formatted(block.hash()));

    JsonNode known = JsonMapper.shared().readTree(byHash(raw, "null"));

    assertThat(known.path("blockHash").asString()).isEqualTo(block.hash().toString());
    assertThat(known.path("transactionIndex").asString()).isEqualTo("0x2");
    assertThat(known.path("gasPrice").asString()).isEqualTo("0x3");
  }

  @Test
  void forgetsAfterTenMinutes() {
    byte[] raw = send(4);

    ticker.advance(Duration.ofMinutes(10).minusNanos(1));
    assertThat(byHash(raw, "null")).contains(hash(raw));
    ticker.advance(Duration.ofNanos(1));

    assertThat(byHash(raw, "null")).isEqualTo("null");
    assertThat(count("pending", "0x4")).isEqualTo(quoted("0x4"));
  }

  @Test
  void survivesATransactionWithListsThatNobodyWouldTake() {
    byte[] one = Rlp.quantity(1);
    byte[] odd = Rlp.list(List.of(Rlp.list(List.of(one))));
    byte[] nothing = Rlp.string(new byte[0]);
    byte[] raw =
        send(
            SignedTransactions.typed(
                1, SECRET, List.of(one, one, one, one, nothing, one, nothing, odd)));

    assertThat(byHash(raw, "null")).isEqualTo("null");
  }

  // How many transactions a sender has.

  @ParameterizedTest
  @CsvSource({
    // provider counts, client is told; 4, 5 and 7 were sent
    "0x4, 0x6",
    "0x5, 0x6",
    "0x6, 0x6",
    "0x7, 0x8",
    "0x8, 0x8",
    "0x2, 0x2"
  })
  void countsItsOwnTransactionsThatFollow(String providerCounts, String told) {
    send(5);
    send(4);
    send(7);

    assertThat(count("pending", providerCounts)).isEqualTo(quoted(told));
  }

  @Test
  void countsOnFromWhatAnotherProviderHasInBlocks() {
    send(4);

    count("latest", "0x4");

    assertThat(count("pending", "0x3")).isEqualTo(quoted("0x5"));
  }

  @Test
  void countsOnlyWhatIsInBlocksWhenAskedForThat() {
    send(4);

    assertThat(count("latest", "0x4")).isEqualTo(quoted("0x4"));
    assertThat(count("0x10", "0x3")).isEqualTo(quoted("0x3"));
  }

  @Test
  void tellsLettersOfAnAddressNotApart() {
    send(4);
    String upper = "0x" + SENDER.substring(2).toUpperCase(Locale.ROOT);

    String told =
        Questions.ask(
            remember,
            "eth_getTransactionCount",
            "[" + quoted(upper) + ",\"pending\"]",
            quoted("0x4"));

    assertThat(told).isEqualTo(quoted("0x5"));
  }

  @Test
  void countsNothingForOthers() {
    send(4);
    String other = SignedTransactions.address(22);

    String told =
        Questions.ask(
            remember,
            "eth_getTransactionCount",
            "[" + quoted(other) + ",\"pending\"]",
            quoted("0x4"));

    assertThat(told).isEqualTo(quoted("0x4"));
  }

  // Receipts.

  private String receipt(Block block, String providerAnswers) {
    String params = "[" + quoted(LoggedChain.transaction(block, 0)) + "]";
    return Questions.ask(remember, "eth_getTransactionReceipt", params, providerAnswers);
  }

  private String receiptJson(Block block) {
    return JsonMapper.shared().readTree(chain.receipts(block).text()).get(0).toString();
  }

  @Test
  void keepsAReceiptThatAnotherProviderDoesNotHave() {
    chain.first(0x64);
    Block block = chain.mine(List.of(List.of(log("X A"))));
    String json = receiptJson(block);

    assertThat(receipt(block, "null")).isEqualTo("null");
    assertThat(receipt(block, json)).isEqualTo(json);
    assertThat(receipt(block, "null")).isEqualTo(json);
  }

  @Test
  void asksNobodyForAReceiptOfAKnownBlockAgain() {
    chain.first(0x64);
    Block block = chain.mine(List.of(List.of(log("X A"))));
    receipt(block, receiptJson(block));
    List<Call> asked = new ArrayList<>();
    Handler provider =
        call -> {
          asked.add(call);
          return CompletableFuture.completedFuture(OUT);
        };
    String params = "[" + quoted(LoggedChain.transaction(block, 0)) + "]";

    Outcome outcome =
        remember.handle(Questions.call("eth_getTransactionReceipt", params), provider).join();

    assertThat(Questions.text(outcome)).isEqualTo(receiptJson(block));
    assertThat(asked).isEmpty();
  }

  @Test
  void keepsAReceiptWhoseBlockIsOlderThanTheRing() {
    Block old = chain.first(0x64);
    String json =
        "{\"blockHash\":\"%s\",\"blockNumber\":\"0x10\"}".formatted("0x" + "1".repeat(64));

    assertThat(receipt(old, json)).isEqualTo(json);
    assertThat(receipt(old, "null")).isEqualTo(json);
  }

  @Test
  void dropsAReceiptWhoseBlockIsOrphaned() {
    chain.first(0x64);
    Block block = chain.mine(List.of(List.of(log("X A"))));
    String json = receiptJson(block);
    receipt(block, json);

    chain.reorganise(0x64, 1, List.of());

    assertThat(receipt(block, "null")).isEqualTo("null");
    assertThat(receipt(block, json)).as("a provider that is still there").isEqualTo("null");
  }

  @Test
  void followsATransactionIntoAnotherBlock() {
    chain.first(0x64);
    Block block = chain.mine(List.of(List.of(log("X A"))));
    receipt(block, receiptJson(block));
    Block other = chain.reorganise(0x64, 1, List.of());
    String elsewhere = "{\"blockHash\":\"%s\",\"blockNumber\":\"0x66\"}".formatted(other.hash());

    assertThat(receipt(block, elsewhere)).isEqualTo(elsewhere);
    assertThat(receipt(block, "null")).isEqualTo(elsewhere);
  }

  @Test
  void staysWithItsBlockWhileAnotherIsNotKnown() {
    Block old = chain.first(0x64);
    String json =
        "{\"blockHash\":\"%s\",\"blockNumber\":\"0x65\"}".formatted("0x" + "1".repeat(64));
    receipt(old, json);

    assertThat(receipt(old, json.replace('1', '2'))).isEqualTo(json);
  }

  @Test
  void takesNoErrorForAReceipt() {
    Call call = Questions.call("eth_getTransactionReceipt", "[\"0x1\"]");

    assertThat(remember.handle(call, _ -> CompletableFuture.completedFuture(OUT)).join())
        .isEqualTo(OUT);
  }

  @Test
  void passesEverythingElse() {
    assertThat(Questions.ask(remember, "eth_call", "[{}]")).isEqualTo(Questions.ASKED + "[{}]");
  }

  @Test
  void tellsABatchOfNoReceiptOnAnotherBranchThanItsOwn() {
    chain.first(0x64);
    Block block = chain.mine(List.of(List.of(log("X A"))));
    Moment batch = Moment.ofBatch();
    batch.fix(View.class, chain::view);
    Block other = chain.reorganise(0x64, 1, List.of());
    String elsewhere = "{\"blockHash\":\"%s\",\"blockNumber\":\"0x65\"}".formatted(hashAt(0x65));
    String params = "[" + quoted(LoggedChain.transaction(block, 0)) + "]";
    Handler provider =
        _ ->
            CompletableFuture.completedFuture(
                new Outcome.Answer(RawJson.of(elsewhere), "provider", true));

    Outcome told =
        remember
            .handle(Questions.call("eth_getTransactionReceipt", params, batch), provider)
            .join();

    assertThat(other.number()).isEqualTo(0x66);
    assertThat(Questions.text(told)).isEqualTo("null");
    assertThat(receipt(block, elsewhere)).isEqualTo(elsewhere);
  }

  private String hashAt(long number) {
    return chain.view().block(number).orElseThrow().hash().toString();
  }
}
