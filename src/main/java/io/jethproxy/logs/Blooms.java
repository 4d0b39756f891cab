package io.jethproxy.logs;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.BlockReceipts;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Receipt;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Looks for logs that an answer leaves out, by the blooms of the blocks that it has nothing of: a
 * bloom says whether a log may be there; where one may, the receipts that the header names say
 * whether one is. Those blocks are asked for again, by hash: what comes must have all that the
 * receipts have, else there is an error. Nothing of the receipts is put into the answer, since a
 * header says nothing of the hashes of transactions.
 *
 * <p>Only headers of the chain count: those that are kept, and those below that are linked to them
 * by their parents' hashes. A header that merely is what it says it is may be anybody's. So a
 * question of more than {@value #BLOCKS_MAX} blocks, or one that reaches further below the kept
 * blocks, is not looked at; nor is what the client's question may not cost any more.
 */
final class Blooms {

  static final int BLOCKS_MAX = 1_000;

  private static final int QUESTIONS_AT_ONCE = 16;

  private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

  private static final Set<String> OWN = Set.of("cache", "chain");

  private final MethodSpec blockByNumber;
  private final MethodSpec receiptsOfBlock;

  Blooms(Methods methods) {
    blockByNumber = methods.of("eth_getBlockByNumber");
    receiptsOfBlock = methods.of("eth_getBlockReceipts");
  }

  /**
   * The outcome, whole as far as can be told.
   *
   * @param span all that the client asks for
   * @param allowance what is left of it goes into this
   */
  CompletableFuture<Outcome> checked(
      Call call, Handler next, View view, Span span, Allowance allowance, Outcome outcome) {
    Optional<LogFilter> filter = LogFilter.read(Slices.element(call.request().params(), 0));
    return outcome instanceof Outcome.Answer answer
            && answer.result().first() == '['
            && !answer.by().equals("chain")
            && span.blocks() <= BLOCKS_MAX
            && view.tip().isPresent()
            && filter.isPresent()
        ? new Look(call, next, view, filter.get(), answer, allowance).at(span)
        : CompletableFuture.completedFuture(outcome);
  }

  /** At one answer. */
  private final class Look {
    private final Call call;
    private final Handler next;
    private final View view;
    private final LogFilter filter;
    private final Outcome.Answer answer;
    private final Allowance allowance;
    private final boolean isOfOne;
    private final Abandonment.Group group;
    private final Set<Long> found = new HashSet<>();
    private final List<RawJson> omitted = new ArrayList<>();
    private boolean isProved;
    private boolean isIncomplete;

    Look(
        Call call,
        Handler next,
        View view,
        LogFilter filter,
        Outcome.Answer answer,
        Allowance allowance) {
      this.call = call;
      this.next = next;
      this.view = view;
      this.filter = filter;
      this.answer = answer;
      this.allowance = allowance;
      this.isOfOne = allowance.used() == 1 && !OWN.contains(answer.by());
      this.group = new Abandonment.Group(call.abandonment());
      Slices.elements(answer.result())
          .forEach(log -> found.add(Slices.quantity(Slices.member(log, "blockNumber"))));
    }

    CompletableFuture<Outcome> at(Span span) {
      Deque<Block> suspects = new ArrayDeque<>();
      for (Block block : view.blocks()) {
        suspect(block, span, suspects);
      }
      return below(span)
          .thenCompose(blocks -> {
            blocks.forEach(block -> suspect(block, span, suspects));
            return inTurns(suspects, this::look);
          })
          .thenApply(_ -> outcome());
    }

    private void suspect(Block block, Span span, Deque<Block> suspects) {
      if (block.isVerified()
          && block.number() >= span.from()
          && block.number() <= span.to()
          && !found.contains(block.number())
          && block.bloom().bitCount() > 0
          && filter.mayMatch(block.bloom())) {
        suspects.add(block);
      }
    }

    /** The blocks from the first one on that are not kept, as far as they are of the chain. */
    private CompletableFuture<List<Block>> below(Span span) {
      long count = view.bottomNumber() - span.from();
      if (count <= 0 || count > BLOCKS_MAX || count > allowance.left()) {
        return CompletableFuture.completedFuture(List.of());
      }
      Deque<Long> numbers = new ArrayDeque<>();
      for (long number = view.bottomNumber() - 1; number >= span.from(); number--) {
        numbers.add(number);
      }
      Map<Long, Block> blocks = new HashMap<>();
      return inTurns(numbers, number -> header(number, blocks))
          .thenApply(_ -> linked(view.blocks().getFirst(), blocks));
    }

    private CompletableFuture<Void> header(long number, Map<Long, Block> blocks) {
      return ask(blockByNumber, "[\"" + Hex.quantity(number) + "\",false]")
          .thenAccept(json ->
              json.flatMap(Block::read)
                  .filter(block -> block.isVerified() && block.number() == number)
                  .ifPresent(block -> blocks.put(number, block)));
    }

    private static List<Block> linked(Block kept, Map<Long, Block> blocks) {
      List<Block> linked = new ArrayList<>();
      Block child = kept;
      while (child.isVerified()) {
        Block parent = blocks.get(child.number() - 1);
        Hash hash = child.parent();
        if (parent == null || !parent.hash().equals(hash)) {
          break;
        }
        linked.add(parent);
        child = parent;
      }
      return linked;
    }

    private CompletableFuture<Void> look(Block block) {
      return receipts(block)
          .thenCompose(receipts -> {
            List<RawJson> logs =
                receipts.map(BlockReceipts::logs).orElse(List.of()).stream()
                    .filter(filter::matches)
                    .toList();
            return logs.isEmpty() ? DONE : askAgain(block, logs);
          });
    }

    private CompletableFuture<Optional<BlockReceipts>> receipts(Block block) {
      return block.receipts().isPresent()
          ? CompletableFuture.completedFuture(block.receipts())
          : ask(receiptsOfBlock, "[\"" + Hex.quantity(block.number()) + "\"]")
              .thenApply(json ->
                  json.filter(all -> isNamed(all, block))
                      .flatMap(all -> BlockReceipts.read(all, block.head())));
    }

    private static boolean isNamed(RawJson receipts, Block block) {
      return Receipt.rootOf(receipts).filter(block.receiptsRoot()::equals).isPresent();
    }

    /** For the logs of one block of which it is known what they must be. */
    private CompletableFuture<Void> askAgain(Block block, List<RawJson> logs) {
      isProved = true;
      String params = Query.of(filter).params("\"blockHash\":\"" + block.hash() + '"').text();
      return ask(call.method(), params)
          .thenAccept(json ->
              json.map(Slices::elements)
                  .filter(given -> contents(given).equals(contents(logs)))
                  .ifPresentOrElse(omitted::addAll, () -> isIncomplete = true));
    }

    private static List<String> contents(List<RawJson> logs) {
      return logs.stream().map(Look::content).toList();
    }

    /** What receipts prove of a log. */
    private static String content(RawJson log) {
      StringBuilder content = new StringBuilder(Slices.member(log, "address").text());
      Slices.elements(Slices.member(log, "topics")).forEach(topic -> content.append(topic.text()));
      return content
          .append(Slices.member(log, "data").text())
          .append(Slices.quantity(Slices.member(log, "logIndex")))
          .toString()
          .toLowerCase(Locale.ROOT);
    }

    private CompletableFuture<Optional<RawJson>> ask(MethodSpec method, String params) {
      if (!allowance.take()) {
        return CompletableFuture.completedFuture(Optional.empty());
      }
      Request request = new Request(call.request().id(), method.name(), RawJson.of(params));
      Call own =
          new Call(
              call.network(),
              request,
              method,
              call.deadline(),
              call.journal(),
              group.member(),
              call.moment());
      return next.handle(own)
          .thenApply(outcome ->
              outcome instanceof Outcome.Answer(var result, _, _)
                  ? Optional.of(result)
                  : Optional.empty());
    }

    private Outcome outcome() {
      if (isProved && isOfOne) {
        call.journal().attempt(new Journal.Entry(answer.by(), Trouble.WRONG_ANSWER, 0, false));
      }
      if (isIncomplete) {
        return Excess.INCOMPLETE;
      }
      return omitted.isEmpty()
          ? answer
          : new Outcome.Answer(
              Merged.byBlock(answer.result(), omitted), answer.by(), answer.firm());
    }
  }

  /** Does it to all of them, a few at a time. */
  private static <T> CompletableFuture<Void> inTurns(
      Deque<T> left, Function<T, CompletableFuture<Void>> each) {
    List<CompletableFuture<Void>> some = new ArrayList<>();
    while (!left.isEmpty() && some.size() < QUESTIONS_AT_ONCE) {
      some.add(each.apply(left.removeFirst()));
    }
    return some.isEmpty()
        ? DONE
        : CompletableFuture.allOf(some.toArray(CompletableFuture[]::new))
            .thenCompose(_ -> inTurns(left, each));
  }
}
