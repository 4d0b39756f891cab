package io.jethproxy.hints;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.jethproxy.call.Ticker;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Slices;
import io.jethproxy.fleet.Dialler;
import io.jethproxy.fleet.SocketTrouble;
import io.jethproxy.rpc.RawJson;
import io.jethproxy.rpc.Wire;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One socket from its opening to its end: asks which chain it is, subscribes, and tells news from
 * noise. What is not asked for is counted and dropped; too much of it at once ends the session.
 */
final class Session implements Dialler.Ear {

  /** An answer that takes longer does not come. */
  private static final long ANSWER_NANOS = SECONDS.toNanos(5);

  /** After this silence the peer is asked whether it lives; by the second it must have stirred. */
  private static final long QUIET_NANOS = SECONDS.toNanos(15);

  private static final long DEAD_NANOS = SECONDS.toNanos(25);

  /** Blocks within one turn of the watch, about a second, that are looked at. */
  private static final int BLOCKS_PER_TURN = 64;

  private static final int NOISE_MAX = 1_000;

  /** Per turn: what comes late, as after an unsubscription, must not add up over weeks. */
  private static final int NOISE_FORGIVEN = 20;

  private static final int SUBSCRIPTION_CHARS_MAX = 256;
  private static final String NONE = "";

  /** What follows from what the socket says. */
  interface Owner {
    /** It serves this chain. */
    void identified(long chainId);

    /** From now on it tells of new blocks. */
    void subscribed();

    /** It tells of a block. */
    void told(Hash block);

    /** It tells of a transaction that waits for a block. */
    void toldPending(Hash transaction);

    /** It says something of no use. */
    void ignored();

    /** It is over. */
    void ended(SocketTrouble trouble);
  }

  private final Ticker ticker;
  private final Owner owner;
  private final Map<Long, Consumer<RawJson>> asked = new HashMap<>();
  private Dialler.@Nullable Socket socket;
  private long lastId;
  private long askedNanos;
  private long stirredNanos;
  private boolean pinged;
  private int blocksThisTurn;
  private int noise;
  private String heads = NONE;
  private String pending = NONE;
  private boolean pendingAsked;

  Session(Ticker ticker, Owner owner) {
    this.ticker = ticker;
    this.owner = owner;
  }

  void open(Dialler dialler) {
    stirred();
    socket = dialler.dial(this);
  }

  void subscribe() {
    ask(
        "eth_subscribe",
        "[\"newHeads\"]",
        result -> {
          Optional<String> id = subscription(result);
          if (id.isPresent()) {
            heads = id.get();
            owner.subscribed();
          } else {
            fail(SocketTrouble.NO_SUBSCRIPTION);
          }
        });
  }

  /** Asks once for waiting transactions; a refusal holds for this session. */
  void followPending() {
    if (!pendingAsked) {
      pendingAsked = true;
      ask(
          "eth_subscribe",
          "[\"newPendingTransactions\"]",
          result -> pending = subscription(result).orElse(NONE));
    }
  }

  void leavePending() {
    if (hearsPending()) {
      ask("eth_unsubscribe", "[" + pending + "]", _ -> pendingAsked = false);
      pending = NONE;
    }
  }

  boolean hearsPending() {
    return !pending.isEmpty();
  }

  /** A second or so has passed. */
  void turn() {
    blocksThisTurn = 0;
    noise = Math.max(0, noise - NOISE_FORGIVEN);
    long now = ticker.nanos();
    boolean waits = !asked.isEmpty() && now - askedNanos >= ANSWER_NANOS;
    if (waits || now - stirredNanos >= DEAD_NANOS) {
      fail(SocketTrouble.UNANSWERED);
    } else if (now - stirredNanos >= QUIET_NANOS && !pinged && socket != null) {
      pinged = true;
      socket.ping();
    }
  }

  /** Ends it; nothing is told afterwards. */
  void close() {
    if (socket != null) {
      socket.close();
    }
  }

  void fail(SocketTrouble trouble) {
    close();
    owner.ended(trouble);
  }

  // What comes.

  @Override
  public void opened() {
    ask(
        "eth_chainId",
        "[]",
        result -> {
          long chainId = Slices.quantity(result);
          if (chainId > 0) {
            owner.identified(chainId);
          } else {
            fail(SocketTrouble.UNANSWERED);
          }
        });
  }

  @Override
  public void stirred() {
    stirredNanos = ticker.nanos();
    pinged = false;
  }

  @Override
  public void heard(byte[] text) {
    switch (Message.read(text)) {
      case Message.Answer(long id, RawJson result) -> answered(id, result);
      case Message.News(RawJson subscription, RawJson result) -> news(subscription, result);
      case Message.Noise() -> unheard();
    }
  }

  private void answered(long id, RawJson result) {
    Consumer<RawJson> then = asked.remove(id);
    if (then == null) {
      unheard();
    } else {
      then.accept(result);
    }
  }

  private void news(RawJson subscription, RawJson result) {
    String id = subscription.length() > SUBSCRIPTION_CHARS_MAX ? NONE : subscription.text();
    Optional<Hash> block =
        id.equals(heads) ? Slices.hash(Slices.member(result, "hash")) : Optional.empty();
    Optional<Hash> transaction = id.equals(pending) ? Slices.hash(result) : Optional.empty();
    if (block.isPresent() && blocksThisTurn < BLOCKS_PER_TURN) {
      blocksThisTurn++;
      owner.told(block.get());
    } else if (transaction.isPresent()) {
      owner.toldPending(transaction.get());
    } else {
      unheard();
    }
  }

  @Override
  public void unheard() {
    owner.ignored();
    if (++noise >= NOISE_MAX) {
      fail(SocketTrouble.MALFORMED);
    }
  }

  @Override
  public void ended(SocketTrouble trouble) {
    owner.ended(trouble);
  }

  // Questions.

  private void ask(String method, String params, Consumer<RawJson> then) {
    if (socket != null) {
      askedNanos = ticker.nanos();
      asked.put(++lastId, then);
      socket.send(Wire.request(lastId, method, RawJson.of(params)));
    }
  }

  /** The id of a subscription as it is written; empty when the answer is none. */
  private static Optional<String> subscription(RawJson result) {
    return result.first() == '"' && result.length() <= SUBSCRIPTION_CHARS_MAX
        ? Optional.of(result.text())
        : Optional.empty();
  }
}
