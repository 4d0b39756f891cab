package io.jethproxy.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Moment;
import io.jethproxy.call.Outcome;
import io.jethproxy.chain.LoggedChain;
import io.jethproxy.eth.Network;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.testing.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The head is block 0x64 when a provider already tells of 0x65. */
class KeepUpTest {

  private static final String RECEIPT = "eth_getTransactionReceipt";
  private static final String OF_NEXT = "{\"blockNumber\":\"0x65\"}";

  private static final Network MAINNET = network(12_000, Set.of());

  private final LoggedChain chain = new LoggedChain();
  private final FakeTicker ticker = new FakeTicker();
  private final List<Long> looks = new ArrayList<>();
  private final KeepUp keepUp = new KeepUp(chain.chains(), ticker, looks::add);

  private static Network network(int blockTimeMillis, Set<String> quirks) {
    return new Network(LoggedChain.CHAIN_ID, "some", List.of(), blockTimeMillis, quirks);
  }

  private CompletableFuture<Outcome> ask(String method, String answer) {
    return ask(MAINNET, new Moment(), Duration.ofSeconds(10), method, answer);
  }

  private CompletableFuture<Outcome> ask(
      Network network, Moment moment, Duration time, String method, String answer) {
    Call call = call(network, moment, time, method);
    Handler provider =
        _ ->
            CompletableFuture.completedFuture(
                new Outcome.Answer(RawJson.of(answer), "provider", true));
    return keepUp.handle(call, provider);
  }

  private Call call(String method) {
    return call(MAINNET, new Moment(), Duration.ofSeconds(10), method);
  }

  private Call call(Network network, Moment moment, Duration time, String method) {
    Call question = Questions.call(method, "[\"0x00\"]");
    return new Call(
        network,
        question.request(),
        question.method(),
        new Deadline(ticker.nanos() + time.toNanos()),
        new Journal(0, 1),
        new Abandonment(),
        moment);
  }

  private static String text(CompletableFuture<Outcome> answered) {
    return Questions.text(answered.join());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "eth_getTransactionReceipt | {\"blockNumber\":\"0x65\"}",
        "eth_getTransactionByHash | {\"blockNumber\":\"0x65\"}",
        "eth_getBlockByHash | {\"number\":\"0x65\"}",
        "eth_getBlockReceipts | [{\"blockNumber\":\"0x65\"}]",
        "eth_sendRawTransactionSync | {\"blockNumber\":\"0x65\"}",
      })
  void holdsWhatIsAboveTheHeadUntilTheHeadIsThere(String method, String answer) {
    chain.first(0x64);

    CompletableFuture<Outcome> asked = ask(method, answer);
    ticker.advance(Duration.ofMillis(500));
    boolean early = asked.isDone();
    chain.mine();
    ticker.advance(Duration.ofMillis(20));

    assertThat(early).isFalse();
    assertThat(text(asked)).isEqualTo(answer);
    assertThat(looks).containsExactly(LoggedChain.CHAIN_ID);
  }

  @Test
  void saysThatThereIsNoReceiptYetWhenTheHeadStaysBehind() {
    chain.first(0x64);

    CompletableFuture<Outcome> receipt = ask(RECEIPT, OF_NEXT);
    CompletableFuture<Outcome> transaction = ask("eth_getTransactionByHash", OF_NEXT);
    ticker.advance(Duration.ofSeconds(2));

    assertThat(text(receipt)).isEqualTo("null");
    assertThat(text(transaction)).isEqualTo(OF_NEXT);
  }

  @Test
  void looksAtTheProvidersOnceForOneBlockHoweverManyAsk() {
    chain.first(0x64);

    for (int i = 0; i < 50; i++) {
      ask(RECEIPT, OF_NEXT);
    }

    assertThat(looks).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "eth_getTransactionReceipt | {\"blockNumber\":\"0x64\"}",
        "eth_getTransactionReceipt | null",
        "eth_getTransactionByHash | {\"blockNumber\":null}",
        "eth_getBlockReceipts | []",
        "eth_getBalance | \"0x65\"",
      })
  void passesTheRestOnAtOnce(String method, String answer) {
    chain.first(0x64);

    assertThat(text(ask(method, answer))).isEqualTo(answer);
    assertThat(looks).isEmpty();
  }

  @Test
  void waitsForNothingWhileNoHeadIsKnown() {
    assertThat(text(ask(RECEIPT, OF_NEXT))).isEqualTo(OF_NEXT);
  }

  @ParameterizedTest
  @CsvSource({
    "2000, 10000, 4900, 5000", // two blocks and a second
    "200, 10000, 1900, 2000",
    "2000, 4000, 1900, 2000", // half of the call's time
  })
  void waitsForTheNextBlockWhereBlocksAreShownBeforeTheyAreSealed(
      int blockMillis, int deadlineMillis, int heldMillis, int givenUpMillis) {
    chain.first(0x64);
    Network network = network(blockMillis, Set.of("pre-confirmed"));

    CompletableFuture<Outcome> receipt =
        ask(network, new Moment(), Duration.ofMillis(deadlineMillis), RECEIPT, OF_NEXT);
    ticker.advance(Duration.ofMillis(heldMillis));
    boolean held = !receipt.isDone();
    ticker.advance(Duration.ofMillis(givenUpMillis - heldMillis));

    assertThat(held).isTrue();
    assertThat(text(receipt)).isEqualTo("null");
  }

  @Test
  void holdsTheReceiptsOfABatchToItsMoment() {
    chain.first(0x64);
    Moment batch = Moment.ofBatch();
    Duration time = Duration.ofSeconds(10);
    String before = text(ask(MAINNET, batch, time, RECEIPT, "{\"blockNumber\":\"0x64\"}"));
    chain.mine();

    assertThat(before).contains("0x64");
    assertThat(text(ask(MAINNET, batch, time, RECEIPT, OF_NEXT))).isEqualTo("null");
    assertThat(text(ask(RECEIPT, OF_NEXT))).isEqualTo(OF_NEXT);
  }

  @Test
  void endsWithTheDefectThatALookAtTheHeadHas() {
    AtomicInteger looked = new AtomicInteger();
    HeadWait wait =
        new HeadWait(
            call(RECEIPT),
            ticker,
            Duration.ofSeconds(2).toNanos(),
            () -> {
              if (looked.incrementAndGet() > 1) {
                throw new IllegalStateException("a defect");
              }
              return false;
            });

    CompletableFuture<Boolean> end = wait.start();
    ticker.advance(Duration.ofMillis(20));

    assertThat(end).isCompletedExceptionally();
  }
}
