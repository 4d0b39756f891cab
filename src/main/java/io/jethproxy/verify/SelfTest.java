package io.jethproxy.verify;

import io.jethproxy.call.Abandonment;
import io.jethproxy.call.Call;
import io.jethproxy.call.Deadline;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.Moved;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.HeaderField;
import io.jethproxy.eth.Methods;
import io.jethproxy.eth.Network;
import io.jethproxy.eth.Slices;
import io.jethproxy.eth.Trie;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Request;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Finds out, soon after the start, which checks hold on a network, before a client's answer depends
 * on it: takes a new block with transactions whose hash was verified, and its receipts, and puts
 * them through the same checks as any answer.
 *
 * <p>Ends when the roots are known to hold or not, at the latest after {@value #BLOCKS_MAX} blocks,
 * each of which costs two calls. Told of blocks by one thread, of answers by any.
 */
public final class SelfTest implements Consumer<Moved> {

  static final int BLOCKS_MAX = Trial.MISSES_MAX;

  private static final List<Aspect> ROOTS = List.of(Aspect.TRANSACTIONS_ROOT, Aspect.RECEIPTS_ROOT);

  /** Asks a provider something. */
  @FunctionalInterface
  public interface Asker {
    /**
     * @param turn grows, so that not always the same provider is asked
     * @param then gets the outcome, once, on any thread
     * @return false when there is nobody to ask; then {@code then} gets nothing
     */
    boolean ask(int turn, String method, RawJson params, Consumer<Outcome> then);
  }

  private final Network network;
  private final Verify verify;
  private final Methods methods;
  private final Supplier<View> view;
  private final Asker asker;
  private final AtomicBoolean busy = new AtomicBoolean();
  private int tried;

  /**
   * @param view the network's chain as it is known now
   */
  public SelfTest(
      Network network, Verify verify, Methods methods, Supplier<View> view, Asker asker) {
    this.network = network;
    this.verify = verify;
    this.methods = methods;
    this.view = view;
    this.asker = asker;
  }

  @Override
  public void accept(Moved moved) {
    if (tried >= BLOCKS_MAX || !isOpen()) {
      return;
    }
    moved.added().reversed().stream()
        .filter(SelfTest::isTelling)
        .findFirst()
        .filter(_ -> busy.compareAndSet(false, true))
        .ifPresent(this::tryOn);
  }

  private boolean isOpen() {
    Profile profile = verify.profile(network);
    return ROOTS.stream()
        .anyMatch(each -> profile.isTried(each) && profile.state(each) == Profile.State.UNKNOWN);
  }

  private static boolean isTelling(Block block) {
    return block.isVerified()
        && !block.header().root(HeaderField.TRANSACTIONS_ROOT).equals(Trie.EMPTY_ROOT);
  }

  private void tryOn(Block block) {
    RawJson whole = RawJson.of("[\"" + block.hash() + "\",true]");
    RawJson hash = RawJson.of("[\"" + block.hash() + "\"]");
    int turn = tried++;
    ask(
        turn,
        "eth_getBlockByHash",
        whole,
        result -> {
          checkOne(
              Slices.member(result, "transactions"), _ -> true, "hash", "eth_getTransactionByHash");
          ask(
              turn,
              "eth_getBlockReceipts",
              hash,
              receipts -> {
                checkOne(
                    receipts, SelfTest::hasLogs, "transactionHash", "eth_getTransactionReceipt");
                busy.set(false);
              });
        });
  }

  /** Asks and checks; goes on with the result, if there is one. */
  private void ask(int turn, String method, RawJson params, Consumer<RawJson> then) {
    Consumer<Outcome> checked =
        outcome -> {
          if (check(method, params, outcome) instanceof Outcome.Answer answer) {
            then.accept(answer.result());
          } else {
            busy.set(false);
          }
        };
    boolean isAsked = asker.ask(turn, method, params, checked);
    if (!isAsked) {
      busy.set(false);
    }
  }

  private static boolean hasLogs(RawJson receipt) {
    RawJson logs = Slices.member(receipt, "logs");
    return logs.first() == '[' && !Slices.isEmpty(logs);
  }

  /** What one of a row tells of itself, as if it had been asked for. */
  private void checkOne(RawJson row, Predicate<RawJson> which, String name, String method) {
    if (row.first() == '[') {
      Slices.elements(row).stream()
          .filter(each -> each.first() == '{' && which.test(each))
          .findFirst()
          .ifPresent(each ->
              Slices.hash(Slices.member(each, name))
                  .ifPresent(
                      hash -> check(method, params(hash), new Outcome.Answer(each, "", false))));
    }
  }

  private static RawJson params(Hash hash) {
    return RawJson.of("[\"" + hash + "\"]");
  }

  private Outcome check(String method, RawJson params, Outcome outcome) {
    Call call =
        new Call(
            network,
            new Request(RawJson.of("0"), method, params),
            methods.of(method),
            new Deadline(0),
            new Journal(0, 0),
            new Abandonment());
    return verify.check(call, outcome, view.get());
  }
}
