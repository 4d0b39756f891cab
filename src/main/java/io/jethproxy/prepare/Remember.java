package io.jethproxy.prepare;

import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Stage;
import io.jethproxy.call.Ticker;
import io.jethproxy.chain.Chains;
import io.jethproxy.chain.View;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.SignedTransaction;
import io.jethproxy.eth.Slices;
import io.jethproxy.prepare.ServedReceipts.Served;
import io.jethproxy.rpc.RawJson;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps to what clients were told: a transaction that was published here is known here until a
 * block has its nonce, it counts for its sender, and a receipt that was shown stays until its block
 * is orphaned; whatever the provider says that happens to be asked. Above the stages that answer,
 * so that it hears all of them.
 */
public final class Remember implements Stage {

  private static final String BY = "local";

  private final Chains chains;
  private final OwnTransactions own;
  private final ServedReceipts receipts = new ServedReceipts();

  public Remember(Chains chains, Ticker ticker) {
    this.chains = chains;
    this.own = new OwnTransactions(OwnTransactions.Config.DEFAULTS, ticker);
  }

  @Override
  public CompletableFuture<Outcome> handle(Call call, Handler next) {
    return switch (call.method().name()) {
      case "eth_sendRawTransaction" -> send(call, next);
      case "eth_getTransactionByHash" -> transaction(call, next);
      case "eth_getTransactionCount" -> count(call, next);
      case "eth_getTransactionReceipt" -> receipt(call, next);
      default -> next.handle(call);
    };
  }

  private CompletableFuture<Outcome> send(Call call, Handler next) {
    return next.handle(call)
        .thenApply(outcome -> {
          if (outcome instanceof Outcome.Answer) {
            RawJson raw = text(call, 0);
            Hex.data(raw.bytes(), raw.from(), raw.to())
                .flatMap(SignedTransaction::read)
                .ifPresent(sent -> own.accepted(chainId(call), sent));
          }
          return outcome;
        });
  }

  /** Transactions that were published here and are still remembered. */
  public int ownTransactions() {
    return own.count();
  }

  /** Bytes that they take in memory. */
  public long ownTransactionBytes() {
    return own.bytes();
  }

  // A transaction by its hash.

  private CompletableFuture<Outcome> transaction(Call call, Handler next) {
    Optional<Hash> hash = hash(call);
    if (hash.isEmpty() || own.of(chainId(call), hash.get()).isEmpty()) {
      return next.handle(call);
    }
    return next.handle(call)
        .thenApply(outcome ->
            isObject(outcome)
                ? outcome
                : known(call, hash.get()).map(json -> told(call, json)).orElse(outcome));
  }

  /** In the block that has it, if that is known; else waiting for one. */
  private Optional<RawJson> known(Call call, Hash hash) {
    long chainId = chainId(call);
    View view = chains.view(chainId);
    Optional<RawJson> receipt =
        view.receipt(hash)
            .or(() ->
                receipts
                    .of(chainId, hash)
                    .filter(shown -> !shown.isOrphanedIn(view))
                    .map(Served::json));
    return receipt.isPresent()
        ? own.of(chainId, hash).flatMap(sent -> TransactionJson.mined(sent, receipt.get()))
        : own.waiting(chainId, hash).flatMap(TransactionJson::pending);
  }

  // How many transactions a sender has.

  private CompletableFuture<Outcome> count(Call call, Handler next) {
    return next.handle(call)
        .thenApply(
            outcome -> outcome instanceof Outcome.Answer answer ? counted(call, answer) : outcome);
  }

  private Outcome counted(Call call, Outcome.Answer answer) {
    RawJson text = Slices.content(answer.result());
    long count = Hex.quantity(text.bytes(), text.from(), text.to());
    if (count == Hex.NO_QUANTITY) {
      return answer;
    }
    String sender = text(call, 0).text().toLowerCase(Locale.ROOT);
    BlockRef ref = BlockRefs.of(call.method(), call.request().params());
    if (isNewest(ref, Views.of(call, chains))) {
      own.mined(chainId(call), sender, count);
    }
    return isPending(ref) ? withOwn(call, sender, count, answer) : answer;
  }

  private Outcome withOwn(Call call, String sender, long count, Outcome.Answer answer) {
    long pending = own.pendingCount(chainId(call), sender, count);
    return pending == count
        ? answer
        : new Outcome.Answer(
            RawJson.of('"' + Hex.quantity(pending) + '"'), answer.by(), answer.firm());
  }

  private static boolean isPending(BlockRef ref) {
    return ref instanceof BlockRef.Tag(var kind) && kind == BlockRef.Tag.Kind.PENDING;
  }

  private static boolean isNewest(BlockRef ref, View view) {
    return ref.equals(BlockRef.LATEST)
        || (ref instanceof BlockRef.Number(var number)
            && view.tip().isPresent()
            && number >= view.tipNumber());
  }

  // Receipts.

  private CompletableFuture<Outcome> receipt(Call call, Handler next) {
    Optional<Hash> hash = hash(call);
    if (hash.isEmpty()) {
      return next.handle(call);
    }
    View view = Views.of(call, chains);
    Optional<Served> shown = receipts.of(chainId(call), hash.get()).filter(it -> it.isIn(view));
    return shown.isPresent()
        ? CompletableFuture.completedFuture(told(call, shown.get().json()))
        : next.handle(call).thenApply(outcome -> receipt(call, hash.get(), outcome));
  }

  private Outcome receipt(Call call, Hash hash, Outcome outcome) {
    View view = call.moment().isShared() ? Views.of(call, chains) : chains.view(chainId(call));
    Optional<Served> shown = receipts.of(chainId(call), hash).filter(it -> !it.isOrphanedIn(view));
    Optional<Served> given =
        outcome instanceof Outcome.Answer answer ? Served.read(answer.result()) : Optional.empty();
    if (given.isPresent() && mayBeShown(given.get(), shown, view)) {
      receipts.show(chainId(call), hash, given.get());
      return outcome;
    }
    if (shown.isPresent()) {
      return told(call, shown.get().json());
    }
    return given.isPresent() ? told(call, RawJson.NULL) : outcome;
  }

  /** Not when its block is no part of the chain, nor while another one may be its block. */
  private static boolean mayBeShown(Served given, Optional<Served> shown, View view) {
    return given.isIn(view)
        || (!given.isOrphanedIn(view)
            && shown.map(Served::block).map(given.block()::equals).orElse(true));
  }

  private static Outcome told(Call call, RawJson json) {
    call.journal().servedBy(BY);
    return new Outcome.Answer(json, BY, false);
  }

  private static boolean isObject(Outcome outcome) {
    return outcome instanceof Outcome.Answer answer && answer.result().first() == '{';
  }

  private static Optional<Hash> hash(Call call) {
    RawJson text = text(call, 0);
    return Hash.read(text.bytes(), text.from(), text.to());
  }

  private static RawJson text(Call call, int index) {
    return Slices.content(Slices.element(call.request().params(), index));
  }

  private static long chainId(Call call) {
    return call.network().chainId();
  }
}
