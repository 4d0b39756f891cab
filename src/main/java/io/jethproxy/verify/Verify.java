package io.jethproxy.verify;

import io.jethproxy.call.Call;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Trouble;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.Listing;
import io.jethproxy.chain.View;
import io.jethproxy.eth.ByChain;
import io.jethproxy.eth.MethodSpec.BlockParam;
import io.jethproxy.eth.Network;
import io.jethproxy.eth.Slices;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Checks that an answer of a provider is the one that was asked for.
 *
 * <p>An answer that is wrong counts as the provider's failure, and another is asked; so does an
 * empty one that leaves out what is known to be there, though that is nobody's fault: the provider
 * may not have got there yet. Nor is anybody to blame for an answer of another branch, before it is
 * final: the one that is known may be outdated, so its heads are looked at. What cannot be checked
 * passes. Answers are never changed. An answer that is null passes as well, unless a known block
 * has the transaction that was asked for: whether it may be believed depends on who else says so.
 *
 * <p>From any thread; keeps one {@link Profile} for each network.
 */
public final class Verify {

  private static final Check BLOCK = new BlockCheck();
  private static final Check TRANSACTION = new TransactionCheck();

  private static final Map<String, Check> CHECKS =
      Map.ofEntries(
          Map.entry("eth_getBlockByNumber", BLOCK),
          Map.entry("eth_getBlockByHash", BLOCK),
          Map.entry("eth_getHeaderByNumber", BLOCK),
          Map.entry("eth_getHeaderByHash", BLOCK),
          Map.entry("eth_getTransactionByHash", TRANSACTION),
          Map.entry("eth_getTransactionByBlockHashAndIndex", TRANSACTION),
          Map.entry("eth_getTransactionByBlockNumberAndIndex", TRANSACTION),
          Map.entry("eth_getTransactionReceipt", new ReceiptCheck()),
          Map.entry("eth_getBlockReceipts", new BlockReceiptsCheck()),
          Map.entry("eth_getLogs", new LogsCheck()),
          Map.entry("eth_getProof", new ProofCheck()),
          Map.entry("eth_feeHistory", new FeeHistoryCheck()));

  private final ByChain<Profile> profiles = new ByChain<>();
  private final LongConsumer astray;

  /**
   * @param astray told the chain id of an answer that is of another branch than the known one, on
   *     the thread that checks it
   */
  public Verify(LongConsumer astray) {
    this.astray = astray;
  }

  /**
   * The outcome of one attempt as it may be used.
   *
   * @param view the chain as it is known now
   */
  public Outcome check(Call call, Outcome outcome, View view) {
    Check check = CHECKS.get(call.method().name());
    if (check == null || !(outcome instanceof Outcome.Answer answer)) {
      return outcome;
    }
    if (answer.result().isNull()) {
      return isMined(call, view)
          ? new Outcome.Unserved(Trouble.MISSING_DATA, answer.by())
          : outcome;
    }
    Claim claim = new Claim(call, answer.result(), answer.by(), view, profile(call.network()));
    return switch (check.of(claim)) {
      case RIGHT -> outcome;
      case MISSING -> new Outcome.Unserved(Trouble.MISSING_DATA, answer.by());
      case ASTRAY -> {
        astray.accept(call.network().chainId());
        yield new Outcome.Unserved(Trouble.MISSING_DATA, answer.by());
      }
      case WRONG -> new Outcome.Unserved(Trouble.WRONG_ANSWER, answer.by());
    };
  }

  /** Whether checking an outcome takes so long that other calls would notice. */
  public boolean isLong(Call call, Outcome outcome) {
    Check check = CHECKS.get(call.method().name());
    return check != null
        && outcome instanceof Outcome.Answer answer
        && answer.result().length() > check.bytesMax();
  }

  /** Whether a call is about a transaction that a known block has. */
  private static boolean isMined(Call call, View view) {
    return call.method().block().kind() == BlockParam.Kind.TRANSACTION
        && Slices.hash(Slices.element(call.request().params(), 0))
            .flatMap(transaction -> Listing.blockOf(view, transaction))
            .isPresent();
  }

  /**
   * Whether a block that a provider shows may have the hash that it says.
   *
   * @param provider the provider's id
   */
  public boolean believes(Network network, Block block, String provider) {
    Profile profile = profile(network);
    return switch (block.header().authenticity()) {
      case GENUINE -> {
        profile.confirm(Aspect.HEADER_HASH);
        yield true;
      }
      case UNVERIFIABLE -> true;
      case FORGED -> profile.bears(Aspect.HEADER_HASH, false, block.hash(), provider);
    };
  }

  /** What is known of a network's ways; empty before anything of it was checked. */
  public Optional<Profile> known(long chainId) {
    return Optional.ofNullable(profiles.get(chainId));
  }

  /** What is known of a network's ways, from now on. */
  Profile profile(Network network) {
    return profiles.get(network.chainId(), () -> new Profile(network));
  }
}
