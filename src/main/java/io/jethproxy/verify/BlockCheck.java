package io.jethproxy.verify;

import io.jethproxy.chain.Block;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Header;
import io.jethproxy.eth.HeaderField;
import io.jethproxy.eth.Slices;
import io.jethproxy.eth.Transaction;
import io.jethproxy.eth.Trie;
import io.jethproxy.eth.Withdrawal;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;

/**
 * A block: the one that was asked for, of this chain, with the fields that its hash names and the
 * transactions and withdrawals that its fields name.
 */
final class BlockCheck implements Check {

  @Override
  public Finding of(Claim claim) {
    if (claim.result().first() != '{' || claim.isAboutPending()) {
      return Finding.RIGHT;
    }
    Body body = new Body();
    Optional<Header> header = Header.read(claim.result(), body);
    Optional<Hash> hash = Slices.hash(body.hash);
    long number = Slices.quantity(body.number);
    return Finding.of(
            claim.isAsked(number, hash)
                && (header.isEmpty() || isGenuine(claim, header.get(), body)))
        .and(() -> claim.branch(number, hash));
  }

  private static boolean isGenuine(Claim claim, Header header, Body body) {
    return isNamedRight(claim, header)
        && hasItsTransactions(claim, header, body.transactions)
        && hasItsWithdrawals(claim, header, body.withdrawals);
  }

  private static boolean isNamedRight(Claim claim, Header header) {
    if (!claim.profile().isTried(Aspect.HEADER_HASH)) {
      return true;
    }
    if (claim.view().tip().map(Block::isVerified).orElse(false)) {
      claim.profile().confirm(Aspect.HEADER_HASH);
    }
    return switch (header.authenticity()) {
      case GENUINE -> claim.bears(Aspect.HEADER_HASH, true, header.hash());
      case FORGED -> claim.bears(Aspect.HEADER_HASH, false, header.named());
      case UNVERIFIABLE -> true;
    };
  }

  /** Mere hashes of transactions prove nothing, save that there are some. */
  private static boolean hasItsTransactions(Claim claim, Header header, RawJson transactions) {
    if (!claim.profile().isTried(Aspect.TRANSACTIONS_ROOT) || transactions.first() != '[') {
      return true;
    }
    Hash root = header.root(HeaderField.TRANSACTIONS_ROOT);
    RawJson first = Slices.element(transactions, 0);
    if (first.first() != '{') {
      return !claim.profile().isOn(Aspect.TRANSACTIONS_ROOT)
          || first.isAbsent() == root.equals(Trie.EMPTY_ROOT);
    }
    Optional<Transaction.Body> body = Transaction.bodyOf(transactions);
    return body.isEmpty()
        || claim.bears(
            Aspect.TRANSACTIONS_ROOT,
            body.get().root().equals(root) && body.get().isNamedRight(),
            header.hash());
  }

  private static boolean hasItsWithdrawals(Claim claim, Header header, RawJson withdrawals) {
    if (!claim.profile().isTried(Aspect.WITHDRAWALS_ROOT)
        || !header.has(HeaderField.WITHDRAWALS_ROOT)) {
      return true;
    }
    Optional<Hash> root = Withdrawal.rootOf(withdrawals);
    return root.isEmpty()
        || claim.bears(
            Aspect.WITHDRAWALS_ROOT,
            root.get().equals(header.root(HeaderField.WITHDRAWALS_ROOT)),
            header.hash());
  }

  private static final class Body implements Slices.Members {
    private RawJson number = RawJson.ABSENT;
    private RawJson hash = RawJson.ABSENT;
    private RawJson transactions = RawJson.ABSENT;
    private RawJson withdrawals = RawJson.ABSENT;

    @Override
    public void see(RawJson key, RawJson value) {
      if (key.is("number")) {
        number = value;
      } else if (key.is("hash")) {
        hash = value;
      } else if (key.is("transactions")) {
        transactions = value;
      } else if (key.is("withdrawals")) {
        withdrawals = value;
      }
    }
  }
}
