package io.jethproxy.prepare;

import io.jethproxy.call.Ticker;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.SignedTransaction;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The transactions that were published here lately, by hash and by sender, so that a client sees
 * its own writes whichever provider answers. The oldest go first when there are too many. From any
 * thread: a short lock for all.
 */
final class OwnTransactions {

  /**
   * How much is remembered.
   *
   * @param countMax transactions
   * @param bytesMax of memory
   * @param keptFor longer than a transaction usually waits for its block
   */
  record Config(int countMax, long bytesMax, Duration keptFor) {

    static final Config DEFAULTS = new Config(10_000, 16L << 20, Duration.ofMinutes(10));

    Config {
      if (countMax < 1 || bytesMax < 1 || !keptFor.isPositive()) {
        throw new IllegalArgumentException(
            "own transactions: "
                + countMax
                + ", "
                + bytesMax
                + " bytes, "
                + keptFor
                + " (expected: > 0 each)");
      }
    }
  }

  private record Key(long chainId, Hash hash) {}

  private record Sender(long chainId, String address) {}

  private record Kept(SignedTransaction transaction, long sinceNanos) {}

  /** What is known of a sender while any transaction of his is remembered. */
  private static final class Account {
    private final Map<Long, Hash> byNonce = new HashMap<>();

    /** How many of his transactions are in blocks, as far as anybody said lately. */
    private long mined;
  }

  private final Config config;
  private final Ticker ticker;
  private final LinkedHashMap<Key, Kept> kept = new LinkedHashMap<>();
  private final Map<Sender, Account> accounts = new HashMap<>();
  private long bytes;

  OwnTransactions(Config config, Ticker ticker) {
    this.config = config;
    this.ticker = ticker;
  }

  /** A provider has taken the transaction; another one with its sender and nonce is replaced. */
  synchronized void accepted(long chainId, SignedTransaction transaction) {
    Key key = new Key(chainId, transaction.hash());
    if (transaction.nonce() < 0 || kept.containsKey(key)) {
      return;
    }
    Sender sender = new Sender(chainId, transaction.sender());
    Account account = accounts.computeIfAbsent(sender, _ -> new Account());
    Hash replaced = account.byNonce.put(transaction.nonce(), transaction.hash());
    kept.put(key, new Kept(transaction, ticker.nanos()));
    bytes += transaction.bytesKept();
    if (replaced != null) {
      drop(new Key(chainId, replaced));
    }
    forgetOldest();
  }

  /** The transaction, unless all there is to know of its nonce is that a block used it up. */
  synchronized Optional<SignedTransaction> waiting(long chainId, Hash hash) {
    return of(chainId, hash)
        .filter(transaction -> {
          Account account = accounts.get(new Sender(chainId, transaction.sender()));
          return account != null && account.mined <= transaction.nonce();
        });
  }

  /** The transaction, in a block or not. */
  synchronized Optional<SignedTransaction> of(long chainId, Hash hash) {
    forgetOldest();
    return Optional.ofNullable(kept.get(new Key(chainId, hash))).map(Kept::transaction);
  }

  /** A provider says how many transactions of a sender are in blocks now. */
  synchronized void mined(long chainId, String sender, long count) {
    Account account = accounts.get(new Sender(chainId, sender));
    if (account != null) {
      account.mined = count; // less than before after a reorganisation
    }
  }

  /**
   * How many transactions of a sender are in blocks or wait for one, with those that were published
   * here and follow on those that a provider knows.
   *
   * @param counted by the provider
   */
  synchronized long pendingCount(long chainId, String sender, long counted) {
    forgetOldest();
    Account account = accounts.get(new Sender(chainId, sender));
    if (account == null) {
      return counted;
    }
    long count = Math.max(counted, account.mined);
    while (account.byNonce.containsKey(count)) {
      count++;
    }
    return count;
  }

  /** How many are remembered. */
  synchronized int count() {
    forgetOldest();
    return kept.size();
  }

  /** Bytes that they take in memory. */
  synchronized long bytes() {
    return bytes;
  }

  private void forgetOldest() {
    Iterator<Map.Entry<Key, Kept>> oldest = kept.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<Key, Kept> entry = oldest.next();
      boolean isOld = ticker.nanos() - entry.getValue().sinceNanos() >= config.keptFor().toNanos();
      if (!isOld && kept.size() <= config.countMax() && bytes <= config.bytesMax()) {
        return;
      }
      oldest.remove();
      dropped(entry.getKey(), entry.getValue());
    }
  }

  private void drop(Key key) {
    dropped(key, kept.remove(key));
  }

  private void dropped(Key key, @Nullable Kept gone) {
    if (gone == null) {
      return;
    }
    bytes -= gone.transaction().bytesKept();
    Sender sender = new Sender(key.chainId(), gone.transaction().sender());
    Account account = accounts.get(sender);
    if (account == null) {
      return;
    }
    account.byNonce.remove(gone.transaction().nonce(), key.hash());
    if (account.byNonce.isEmpty()) {
      accounts.remove(sender);
    }
  }
}
