package io.jethproxy.subscribe;

import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.chain.Block;
import io.jethproxy.chain.BlockReceipts;
import io.jethproxy.eth.Bloom;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Log;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.verify.Aspect;
import io.jethproxy.verify.Profile;
import io.jethproxy.verify.Verify;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * All logs of single blocks: those that the chain log keeps, else asked for by the block's hash and
 * checked to be all, then kept here for a while. So what one client is told at a block, all are,
 * and it can be taken back when the block is orphaned.
 *
 * <p>From any thread: a short lock around what is kept.
 */
final class BlockLogs {

  private static final long ENTRY_BYTES = 256;
  private static final long LOG_BYTES = 48;

  /** More logs are hashed elsewhere: some microseconds each. */
  private static final int HASHED_ON_LOOP_MAX = 64;

  private record Kept(List<RawJson> logs, long bytes) {}

  private final Verify verify;
  private final long bytesMax;
  private final LinkedHashMap<Hash, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  BlockLogs(Verify verify, long bytesMax) {
    this.verify = verify;
    this.bytesMax = bytesMax;
  }

  /** Whether the bloom of a block tells which logs it cannot have. */
  boolean isExcluding(Block block, long chainId) {
    return block.receipts().isPresent() || state(Aspect.BLOOM, chainId) == Profile.State.ON;
  }

  private Profile.State state(Aspect aspect, long chainId) {
    return verify
        .known(chainId)
        .map(profile -> profile.states().getOrDefault(aspect, Profile.State.UNKNOWN))
        .orElse(Profile.State.UNKNOWN);
  }

  /** The logs of a block, all and in order. */
  CompletableFuture<Got<List<RawJson>>> of(Block block, Errand errand) {
    Optional<List<RawJson>> known = known(block);
    return known.isPresent()
        ? CompletableFuture.completedFuture(new Got.Value<>(known.get()))
        : ask(block, errand);
  }

  /**
   * The logs of a block if they are here. First what was asked for: who was told of it is to be
   * told the same bytes again when it is taken back.
   */
  Optional<List<RawJson>> known(Block block) {
    return kept(block.hash()).or(() -> block.receipts().map(BlockReceipts::logs));
  }

  private CompletableFuture<Got<List<RawJson>>> ask(Block block, Errand errand) {
    RawJson params = RawJson.of("[{\"blockHash\":\"" + block.hash() + "\"}]");
    return errand
        .ask("eth_getLogs", params)
        .thenCompose(outcome -> checked(logs(outcome), block, errand))
        .thenCompose(logs ->
            logs.isPresent()
                ? CompletableFuture.completedFuture(keep(block, logs.get()))
                : askReceipts(block, errand));
  }

  /** A second way to the same, for when the first has no answer or one that lacks logs. */
  private CompletableFuture<Got<List<RawJson>>> askReceipts(Block block, Errand errand) {
    RawJson params = RawJson.of("[\"" + block.hash() + "\"]");
    return errand
        .ask("eth_getBlockReceipts", params)
        .thenCompose(outcome ->
            checked(receipts(outcome, block).map(BlockReceipts::logs), block, errand)
                .thenApply(
                    logs -> logs.map(all -> keep(block, all)).orElseGet(() -> none(outcome))));
  }

  /** Whether somebody may still have it: nobody has what all of the providers deny. */
  private static Got<List<RawJson>> none(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answer _, Outcome.Rejected _ ->
          new Got.Lost<>("the logs of an orphaned block are not to be had any more");
      case Outcome.Refused(var refusal) when refusal.kind() == Refusal.Kind.MISSING_DATA ->
          new Got.Lost<>("the logs of an orphaned block are not to be had any more");
      case Outcome.Refused _, Outcome.Unserved _ -> new Got.Failed<>(outcome);
    };
  }

  private static Optional<List<RawJson>> logs(Outcome outcome) {
    return outcome instanceof Outcome.Answer answer && answer.result().first() == '['
        ? Optional.of(Slices.elements(answer.result()))
        : Optional.empty();
  }

  private static Optional<BlockReceipts> receipts(Outcome outcome, Block block) {
    return outcome instanceof Outcome.Answer answer
        ? BlockReceipts.read(answer.result(), block.head())
        : Optional.empty();
  }

  /**
   * The logs if they are numbered through and make the bloom of the block, as far as that holds.
   */
  private CompletableFuture<Optional<List<RawJson>>> checked(
      Optional<List<RawJson>> logs, Block block, Errand errand) {
    if (logs.isEmpty()
        || (state(Aspect.LOG_ORDER, errand.chainId()) != Profile.State.OFF
            && !isNumbered(logs.get()))) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return state(Aspect.BLOOM, errand.chainId()) == Profile.State.OFF
        ? CompletableFuture.completedFuture(logs)
        : errand
            .work(logs.get().size() > HASHED_ON_LOOP_MAX, () -> makeBloomOf(block, logs.get()))
            .thenApply(isComplete -> isComplete ? logs : Optional.empty());
  }

  private static boolean makeBloomOf(Block block, List<RawJson> logs) {
    return bloomOf(logs).filter(block.bloom()::equals).isPresent();
  }

  private static boolean isNumbered(List<RawJson> logs) {
    for (int i = 0; i < logs.size(); i++) {
      if (Slices.quantity(Slices.member(logs.get(i), "logIndex")) != i) {
        return false;
      }
    }
    return true;
  }

  private static Optional<Bloom> bloomOf(List<RawJson> logs) {
    List<Log> read = new ArrayList<>(logs.size());
    for (RawJson each : logs) {
      Optional<Log> log = Log.read(each);
      if (log.isEmpty()) {
        return Optional.empty();
      }
      read.add(log.get());
    }
    return Optional.of(Bloom.of(read));
  }

  private synchronized Optional<List<RawJson>> kept(Hash hash) {
    return Optional.ofNullable(kept.get(hash)).map(Kept::logs);
  }

  private synchronized Got<List<RawJson>> keep(Block block, List<RawJson> logs) {
    Kept entry = new Kept(List.copyOf(logs), weight(logs));
    Kept before = kept.put(block.hash(), entry);
    bytes += entry.bytes() - (before == null ? 0 : before.bytes());
    Iterator<Map.Entry<Hash, Kept>> eldest = kept.entrySet().iterator();
    while (bytes > bytesMax) {
      bytes -= eldest.next().getValue().bytes();
      eldest.remove();
    }
    return new Got.Value<>(entry.logs());
  }

  /** Slices of one answer keep all of its bytes. */
  private static long weight(List<RawJson> logs) {
    long held = logs.isEmpty() ? 0 : logs.getFirst().bytes().length;
    return ENTRY_BYTES + LOG_BYTES * logs.size() + held;
  }
}
