package io.jethproxy.logs;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Handler;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.chain.BlockReceipts;
import io.jethproxy.eth.Header;
import io.jethproxy.eth.HeaderField;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Receipt;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Looks for logs that an answer leaves out, by the blooms of the blocks that it has nothing of: a
 * header whose hash is right says in its bloom whether a log may be there; where one may, the
 * receipts that the header names say whether one is. Those take the place of what is missing, and
 * the omission is noted against the provider.
 *
 * <p>Costs a question per block of the range, and another where the bloom does not exclude it: so
 * it is an option, and answers over more than {@value #BLOCKS_MAX} blocks are not looked at. What
 * cannot be had or proved changes nothing.
 */
final class Blooms {

  static final int BLOCKS_MAX = 1_000;

  private static final int BLOCKS_AT_ONCE = 16;

  private final MethodSpec blockByNumber;
  private final MethodSpec receiptsOfBlock;

  Blooms(Methods methods) {
    blockByNumber = methods.of("eth_getBlockByNumber");
    receiptsOfBlock = methods.of("eth_getBlockReceipts");
  }

  /** The outcome with what it leaves out. */
  CompletableFuture<Outcome> complete(Call call, Handler next, Span span, Outcome outcome) {
    Optional<LogFilter> filter = LogFilter.read(Slices.element(call.request().params(), 0));
    return outcome instanceof Outcome.Answer answer
            && answer.result().first() == '['
            && !answer.by().equals("chain")
            && span.blocks() <= BLOCKS_MAX
            && filter.isPresent()
        ? new Look(call, next, filter.get(), answer).from(span.from(), span.to())
        : CompletableFuture.completedFuture(outcome);
  }

  /** At one answer. */
  private final class Look {
    private final Call call;
    private final Handler next;
    private final LogFilter filter;
    private final Outcome.Answer answer;
    private final Abandonment.Group group;
    private final Set<Long> found = new HashSet<>();
    private final List<RawJson> omitted = new ArrayList<>();

    Look(Call call, Handler next, LogFilter filter, Outcome.Answer answer) {
      this.call = call;
      this.next = next;
      this.filter = filter;
      this.answer = answer;
      this.group = new Abandonment.Group(call.abandonment());
      Slices.elements(answer.result()).forEach(log -> found.add(number(log)));
    }

    CompletableFuture<Outcome> from(long from, long to) {
      List<CompletableFuture<Void>> some = new ArrayList<>();
      long number = from;
      for (; number <= to && some.size() < BLOCKS_AT_ONCE; number++) {
        if (!found.contains(number)) {
          some.add(look(number));
        }
      }
      long rest = number;
      return CompletableFuture.allOf(some.toArray(CompletableFuture[]::new))
          .thenCompose(
              _ -> rest > to ? CompletableFuture.completedFuture(completed()) : from(rest, to));
    }

    private CompletableFuture<Void> look(long number) {
      String quantity = '"' + Hex.quantity(number) + '"';
      return ask(blockByNumber, "[" + quantity + ",false]")
          .thenCompose(block -> {
            Optional<Header> header = block.flatMap(Header::read).filter(one -> may(one, number));
            return header.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : ask(receiptsOfBlock, "[" + quantity + "]")
                    .thenAccept(receipts -> receipts.ifPresent(all -> see(all, header.get())));
          });
    }

    private boolean may(Header header, long number) {
      return header.authenticity() == Header.Authenticity.GENUINE
          && header.head().number() == number
          && filter.mayMatch(header.bloom());
    }

    private void see(RawJson receipts, Header header) {
      if (Receipt.rootOf(receipts)
          .filter(header.root(HeaderField.RECEIPTS_ROOT)::equals)
          .isPresent()) {
        BlockReceipts.read(receipts, header.head())
            .ifPresent(all -> all.logs().stream().filter(filter::matches).forEach(omitted::add));
      }
    }

    private CompletableFuture<Optional<RawJson>> ask(MethodSpec method, String params) {
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

    private Outcome completed() {
      if (omitted.isEmpty()) {
        return answer;
      }
      call.journal().attempt(new Journal.Entry(answer.by(), Trouble.WRONG_ANSWER, 0, false));
      return new Outcome.Answer(
          Merged.byBlock(answer.result(), omitted), answer.by(), answer.firm());
    }

    private static long number(RawJson log) {
      return Slices.quantity(Slices.member(log, "blockNumber"));
    }
  }
}
