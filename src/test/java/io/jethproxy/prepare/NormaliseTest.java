package io.jethproxy.prepare;

import static io.jethproxy.prepare.Questions.ASKED;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Moment;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.LoggedChain;
import io.jethproxy.testing.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chain is known from block 0x64 to 0x6e; 0x6a is safe, 0x66 finalized. */
class NormaliseTest {

  private static final String LATEST = "[\"0xa\",\"latest\"]";
  private static final Outcome MISSING =
      new Outcome.Refused(new Refusal(Refusal.Kind.MISSING_DATA, "gone", "missing_data"));

  private final LoggedChain chain = new LoggedChain();
  private final FakeTicker ticker = new FakeTicker();
  private final Normalise normalise = new Normalise(chain.chains(), ticker);

  private void grow() {
    chain.first(0x64);
    for (int i = 0; i < 10; i++) {
      chain.mine();
    }
  }

  private void settle() {
    Block safe = chain.view().block(0x6a).orElseThrow();
    Block finalized = chain.view().block(0x66).orElseThrow();
    chain.settled(safe, finalized);
  }

  private String exact(String method, String params) {
    String asked = Questions.ask(normalise, method, params);
    assertThat(asked).startsWith(ASKED);
    return asked.substring(ASKED.length());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // tags
        "eth_getBalance | ['0xa','latest'] | ['0xa','0x6e']",
        "eth_getBalance | ['0xa','safe'] | ['0xa','0x6a']",
        "eth_getBalance | ['0xa','finalized'] | ['0xa','0x66']",
        "eth_getBalance | ['0xa','pending'] | ['0xa','pending']",
        "eth_getBalance | ['0xa','earliest'] | ['0xa','earliest']",
        "eth_getBalance | ['0xa','0x65'] | ['0xa','0x65']",
        "eth_getBalance | ['0xa','0x6f'] | ['0xa','0x6f']",
        "eth_getBlockByNumber | ['latest',true] | ['0x6e',true]",
        "eth_feeHistory | ['0x5','latest',[25, 75]] | ['0x5','0x6e',[25, 75]]",
        "eth_getBlockReceipts | ['finalized'] | ['0x66']",
        "eth_getStorageAt | ['0xa','0x0','latest'] | ['0xa','0x0','0x6e']",
        "debug_traceCall | [{'to':'0xa'},'latest',{}] | [{'to':'0xa'},'0x6e',{}]",
        // every other byte stays
        "eth_call | [ {'to':'0xa' , 'data':'0x'} ,\t'latest' , {} ] |"
            + " [ {'to':'0xa' , 'data':'0x'} ,\t'0x6e' , {} ]",
        "eth_call | [{'data':'latest'},'safe'] | [{'data':'latest'},'0x6a']",
        // objects
        "eth_call | [{},{'blockNumber':'latest'}] | [{},{'blockNumber':'0x6e'}]",
        "eth_call | [{},{ 'blockNumber' : 'safe','requireCanonical':true}] |"
            + " [{},{ 'blockNumber' : '0x6a','requireCanonical':true}]",
        "eth_call | [{},{'blockNumber':'pending'}] | [{},{'blockNumber':'pending'}]",
        "eth_call | [{},{'blockHash':'0x1'}] | [{},{'blockHash':'0x1'}]",
        "eth_callMany | [[],{'blockNumber':'latest','transactionIndex':-1}] |"
            + " [[],{'blockNumber':'0x6e','transactionIndex':-1}]",
        // what is left out
        "eth_call | [{}] | [{},'0x6e']",
        "eth_call | [{} ] | [{} ,'0x6e']",
        "eth_call | [{},null] | [{},'0x6e']",
        "eth_call | [{},null,{}] | [{},'0x6e',{}]",
        "eth_estimateGas | [{}] | [{},'0x6e']",
        "eth_getTransactionCount | ['0xa'] | ['0xa','0x6e']",
        "eth_getStorageAt | ['0xa','0x0'] | ['0xa','0x0','0x6e']",
        "eth_getStorageAt | ['0xa'] | ['0xa']",
        "eth_call | [] | []",
        "eth_callMany | [[]] | [[]]",
        "debug_traceCall | [{}] | [{}]",
        "eth_feeHistory | ['0x5'] | ['0x5']",
        "eth_getBlockByNumber | [null,false] | [null,false]",
        // what is none
        "eth_getBalance | ['0xa','Latest'] | ['0xa','Latest']",
        "eth_getBalance | ['0xa','lat\\u0065st'] | ['0xa','lat\\u0065st']",
        "eth_getBalance | ['0xa','newest'] | ['0xa','newest']",
        "eth_getBalance | {'block':'latest'} | {'block':'latest'}",
        "eth_gasPrice | [] | []",
        "eth_unknown | ['latest'] | ['latest']",
        "eth_getBlockByHash | ['latest',false] | ['latest',false]",
        "eth_newFilter | [{'fromBlock':'latest'}] | [{'fromBlock':'latest'}]",
        // ranges
        "eth_getLogs | [{'fromBlock':'latest','toBlock':'latest'}] |"
            + " [{'fromBlock':'0x6e','toBlock':'0x6e'}]",
        "eth_getLogs | [{'toBlock':'latest' ,'address':[],'fromBlock':'finalized'}] |"
            + " [{'toBlock':'0x6e' ,'address':[],'fromBlock':'0x66'}]",
        "eth_getLogs | [{'fromBlock':'0x65'}] | [{'toBlock':'0x6e','fromBlock':'0x65'}]",
        "eth_getLogs | [{'fromBlock':'0x65','toBlock':null}] |"
            + " [{'fromBlock':'0x65','toBlock':'0x6e'}]",
        "eth_getLogs | [{'toBlock':'0x6e'}] | [{'fromBlock':'0x6e','toBlock':'0x6e'}]",
        "eth_getLogs | [{}] | [{'fromBlock':'0x6e','toBlock':'0x6e'}]",
        "eth_getLogs | [{ }] | [{'fromBlock':'0x6e','toBlock':'0x6e' }]",
        "eth_getLogs | [{'topics':['latest']}] |"
            + " [{'fromBlock':'0x6e','toBlock':'0x6e','topics':['latest']}]",
        "eth_getLogs | [{'fromBlock':'0x0','toBlock':'0x6f'}] |"
            + " [{'fromBlock':'0x0','toBlock':'0x6f'}]",
        "eth_getLogs | [{'fromBlock':'earliest','toBlock':'latest'}] |"
            + " [{'fromBlock':'earliest','toBlock':'0x6e'}]",
        "eth_getLogs | [{'fromBlock':'latest','toBlock':'pending'}] |"
            + " [{'fromBlock':'0x6e','toBlock':'pending'}]",
        "eth_getLogs | [{'blockHash':'0x1'}] | [{'blockHash':'0x1'}]",
        "eth_getLogs | [] | []",
        "eth_getLogs | [null] | [null]",
        // from a block that is not there yet, or the wrong way round
        "eth_getLogs | [{'fromBlock':'0x6f'}] | [{'fromBlock':'0x6f'}]",
        "eth_getLogs | [{'fromBlock':'0x6f','toBlock':'latest'}] |"
            + " [{'fromBlock':'0x6f','toBlock':'latest'}]",
        "eth_getLogs | [{'fromBlock':'latest','toBlock':'safe'}] |"
            + " [{'fromBlock':'latest','toBlock':'safe'}]",
        // keys that nodes read differently
        "eth_getLogs | [{'fromblock':'latest'}] | [{'fromblock':'latest'}]",
        "eth_getLogs | [{'fromBlock':'latest','fromBlock':'0x1'}] |"
            + " [{'fromBlock':'latest','fromBlock':'0x1'}]",
        // without a block, traces are searched from the first one
        "trace_filter | [{'fromBlock':'safe'}] | [{'fromBlock':'0x6a'}]",
        "trace_filter | [{'toBlock':'latest'}] | [{'toBlock':'0x6e'}]",
        "trace_filter | [{}] | [{}]",
      })
  void writesNumbersForTags(String method, String params, String expected) {
    grow();
    settle();

    assertThat(exact(method, params.replace('\'', '"'))).isEqualTo(expected.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"eth_getBalance | ['0xa','latest']", "eth_call | [{}]", "eth_getLogs | [{}]"})
  void passesCallsAsTheyAreWhileNothingIsKnown(String method, String params) {
    assertThat(exact(method, params)).isEqualTo(params);
  }

  @Test
  void neverTakesAnotherBlockForOneThatNoProviderKnows() {
    grow();
    chain.settled(Optional.empty(), Optional.empty());

    assertThat(exact("eth_getBalance", "[\"0xa\",\"safe\"]")).isEqualTo("[\"0xa\",\"safe\"]");
    assertThat(exact("eth_getBalance", "[\"0xa\",\"finalized\"]"))
        .isEqualTo("[\"0xa\",\"finalized\"]");
    assertThat(exact("eth_getLogs", "[{\"fromBlock\":\"finalized\",\"toBlock\":\"latest\"}]"))
        .isEqualTo("[{\"fromBlock\":\"finalized\",\"toBlock\":\"0x6e\"}]");
  }

  @Test
  void holdsACallUntilItIsKnownWhatIsFinal() {
    grow();

    CompletableFuture<Outcome> early = ask("[\"0xa\",\"finalized\"]");
    ticker.advance(Duration.ofMillis(100));
    boolean wasHeld = !early.isDone();
    settle();
    ticker.advance(Duration.ofMillis(100));

    assertThat(wasHeld).isTrue();
    assertThat(Questions.text(early.join())).isEqualTo(ASKED + "[\"0xa\",\"0x66\"]");
  }

  @Test
  void refusesACallWhenItStaysUnknownWhatIsFinal() {
    grow();

    CompletableFuture<Outcome> early = ask("[\"0xa\",\"safe\"]");
    ticker.advance(Duration.ofSeconds(6));

    assertThat(early.join()).isInstanceOf(Outcome.Refused.class);
  }

  @Test
  void passesTheTagWhenNoBlockIsKnownForAWhile() {
    CompletableFuture<Outcome> early = ask("[\"0xa\",\"finalized\"]");
    boolean wasHeld = !early.isDone();
    ticker.advance(Duration.ofSeconds(2));

    assertThat(wasHeld).isTrue();
    assertThat(Questions.text(early.join())).isEqualTo(ASKED + "[\"0xa\",\"finalized\"]");
  }

  @Test
  void waitsForAsManyGroupsToSayWhatIsFinalAsForAHead() {
    grow();
    chain.settled("a", chain.view().block(0x66).orElseThrow());
    boolean wasKnown = chain.view().finalized().isPresent();
    chain.settled("b", chain.view().block(0x65).orElseThrow());

    assertThat(wasKnown).isFalse();
    assertThat(chain.view().finalizedNumber()).isEqualTo(0x65);
  }

  @Test
  void resolvesWhatIsFinalForABatchThatBeganBeforeItWasKnown() {
    grow();
    Moment batch = Moment.ofBatch();
    String latest =
        Questions.ask(normalise, Questions.call("eth_getBalance", "[\"0xa\",\"latest\"]", batch));
    settle();
    chain.mine();

    String finalized =
        Questions.ask(
            normalise, Questions.call("eth_getBalance", "[\"0xa\",\"finalized\"]", batch));

    assertThat(latest).endsWith("\"0x6e\"]");
    assertThat(finalized).endsWith("\"0x66\"]");
  }

  @Test
  void resolvesACallOnceMoreWhenItsBlockWasReplaced() {
    grow();
    List<String> asked = new ArrayList<>();
    Handler nobodyHasIt =
        call -> {
          asked.add(call.request().params().text());
          chain.reorganise(0x6c, asked.size(), List.of());
          return CompletableFuture.completedFuture(MISSING);
        };

    Outcome alone = normalise.handle(Questions.call("eth_getBalance", LATEST), nobodyHasIt).join();
    List<String> askedAlone = List.copyOf(asked);
    asked.clear();
    normalise
        .handle(Questions.call("eth_getBalance", LATEST, Moment.ofBatch()), nobodyHasIt)
        .join();

    assertThat(alone).isEqualTo(MISSING);
    assertThat(askedAlone).containsExactly("[\"0xa\",\"0x6e\"]", "[\"0xa\",\"0x6f\"]");
    assertThat(asked).containsExactly("[\"0xa\",\"0x70\"]");
  }

  @Test
  void doesNotAskAgainWhatWasAskedAgainAlready() {
    grow();
    AtomicInteger asked = new AtomicInteger();
    Outcome moved =
        new Outcome.Refused(new Refusal(Refusal.Kind.MISSING_DATA, "moved", Refusal.REORGANISED));

    Outcome outcome =
        normalise
            .handle(
                Questions.call("eth_getLogs", "[{\"fromBlock\":\"0x64\",\"toBlock\":\"latest\"}]"),
                call -> {
                  chain.reorganise(0x6c, asked.incrementAndGet(), List.of());
                  return CompletableFuture.completedFuture(moved);
                })
            .join();

    assertThat(outcome).isEqualTo(moved);
    assertThat(asked).hasValue(1);
  }

  @Test
  void doesNotAskAgainForABlockThatTheChainStillHas() {
    grow();
    AtomicInteger asked = new AtomicInteger();

    normalise
        .handle(
            Questions.call("eth_getBalance", LATEST),
            call -> {
              asked.incrementAndGet();
              return CompletableFuture.completedFuture(MISSING);
            })
        .join();

    assertThat(asked).hasValue(1);
  }

  @Test
  void endsWithTheDefectOfAStageBelowAfterItHasWaited() {
    grow();
    Handler defective =
        _ -> {
          throw new IllegalStateException("a defect");
        };

    CompletableFuture<Outcome> held = ask("[\"0xa\",\"finalized\"]", defective);
    settle();
    ticker.advance(Duration.ofMillis(20));

    assertThat(held).isCompletedExceptionally();
  }

  private CompletableFuture<Outcome> ask(String params) {
    return ask(params, Questions::echo);
  }

  private CompletableFuture<Outcome> ask(String params, Handler next) {
    Call call = Questions.call("eth_getBalance", params);
    Deadline inTenSeconds = new Deadline(ticker.nanos() + 10_000_000_000L);
    return normalise.handle(
        new Call(
            call.network(),
            call.request(),
            call.method(),
            inTenSeconds,
            call.journal(),
            call.abandonment()),
        next);
  }

  @Test
  void resolvesAllCallsOfABatchAgainstOneView() {
    grow();
    Moment batch = Moment.ofBatch();
    String params = "[\"0xa\",\"latest\"]";

    String before = Questions.ask(normalise, Questions.call("eth_getBalance", params, batch));
    chain.reorganise(0x6c, 1, List.of());
    String after = Questions.ask(normalise, Questions.call("eth_getBalance", params, batch));
    String alone = Questions.ask(normalise, "eth_getBalance", params);

    assertThat(before).endsWith("\"0x6e\"]");
    assertThat(after).isEqualTo(before);
    assertThat(alone).endsWith("\"0x6f\"]");
  }
}
