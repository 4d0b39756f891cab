package io.jethproxy.prepare;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Stage;
import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Network;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/**
 * Holds an answer that names a block above the head that is served until the head is there: who is
 * shown a receipt takes the newest state to hold what the transaction did. One provider may have a
 * block a moment before enough others have shown it, so all of them are looked at once more.
 *
 * <p>A receipt whose block does not become part of the chain in time is not there yet. Below {@link
 * Remember}, which keeps to the receipts that were shown.
 */
public final class KeepUp implements Stage {

  /** Methods that find something without naming its block's number. */
  private static final Set<String> BY_HASH =
      Set.of(
          "eth_getTransactionReceipt",
          "eth_getTransactionByHash",
          "eth_getBlockByHash",
          "eth_getBlockReceipts",
          "eth_sendRawTransactionSync");

  /** Providers are not looked at more often because of one block. */
  private static final long LOOK_NANOS = MILLISECONDS.toNanos(250);

  private static final String PRE_CONFIRMED = "pre-confirmed";

  /** Longer than a block needs from the first provider to the others, usually. */
  private static final long WAIT_NANOS = SECONDS.toNanos(2);

  /** For the block after the next one to be late. */
  private static final long SLACK_NANOS = SECONDS.toNanos(1);

  private record Look(long number, long nanos) {}

  private final Chains chains;
  private final Ticker ticker;
  private final LongConsumer lookNow;

  /** As many as there are networks. */
  private final Map<Long, Look> looks = new ConcurrentHashMap<>();

  /**
   * @param lookNow has the heads of all providers of a chain id looked at soon
   */
  public KeepUp(Chains chains, Ticker ticker, LongConsumer lookNow) {
    this.chains = chains;
    this.ticker = ticker;
    this.lookNow = lookNow;
  }

  @Override
  public CompletableFuture<Outcome> handle(Call call, Handler next) {
    return BY_HASH.contains(call.method().name())
        ? next.handle(call).thenCompose(outcome -> held(call, outcome))
        : next.handle(call);
  }

  private CompletableFuture<Outcome> held(Call call, Outcome outcome) {
    long number = outcome instanceof Outcome.Answer answer ? number(answer.result()) : -1;
    if (isReached(call, number)) {
      return CompletableFuture.completedFuture(outcome);
    }
    look(call.network().chainId(), number);
    if (call.moment().isShared() && isReceipt(call)) {
      return CompletableFuture.completedFuture(notYet(outcome)); // the moment will not change
    }
    return new HeadWait(call, ticker, waitNanos(call.network()), () -> isReached(call, number))
        .start()
        .thenApply(reached -> reached || !isReceipt(call) ? outcome : notYet(outcome));
  }

  /**
   * While nothing is known of the chain there is nothing to wait for. The receipts of a batch are
   * held to its moment; what else it finds is only kept until the head has moved on.
   */
  private boolean isReached(Call call, long number) {
    View view =
        call.moment().isShared() && isReceipt(call)
            ? Views.of(call, chains)
            : chains.view(call.network().chainId());
    return view.tip().isEmpty() || number <= view.tipNumber();
  }

  /** Where blocks are shown before they are sealed, the head is the one before, by design. */
  private static long waitNanos(Network network) {
    return network.quirks().contains(PRE_CONFIRMED)
        ? Math.max(WAIT_NANOS, MILLISECONDS.toNanos(2L * network.blockTimeMillis()) + SLACK_NANOS)
        : WAIT_NANOS;
  }

  private void look(long chainId, long number) {
    long now = ticker.nanos();
    Look last = looks.get(chainId);
    if (last == null || number > last.number() || now - last.nanos() >= LOOK_NANOS) {
      looks.put(chainId, new Look(number, now));
      lookNow.accept(chainId);
    }
  }

  /** The number of the block that an answer names; negative when it names none. */
  private static long number(RawJson result) {
    RawJson object = result.first() == '[' ? Slices.element(result, 0) : result;
    RawJson number = Slices.member(object, "blockNumber");
    return Slices.quantity(number.isAbsent() ? Slices.member(object, "number") : number);
  }

  private static boolean isReceipt(Call call) {
    return call.method().name().equals("eth_getTransactionReceipt");
  }

  private static Outcome notYet(Outcome outcome) {
    return outcome instanceof Outcome.Answer answer
        ? new Outcome.Answer(RawJson.NULL, answer.by(), false)
        : outcome;
  }
}
