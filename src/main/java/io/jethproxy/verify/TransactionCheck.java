package io.jethproxy.verify;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.MethodSpec.BlockParam;
import io.jethproxy.eth.Place;
import io.jethproxy.eth.Slices;
import io.jethproxy.eth.Transaction;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;

/**
 * A transaction: the one that was asked for, of this chain, with the fields that its hash names.
 */
final class TransactionCheck implements Check {

  @Override
  public Finding of(Claim claim) {
    RawJson transaction = claim.result();
    if (transaction.first() != '{' || claim.isAboutPending()) {
      return Finding.RIGHT;
    }
    Named named = new Named();
    Slices.members(transaction, named);
    Optional<Hash> hash = Slices.hash(named.hash);
    return Finding.of(isAsked(claim, hash, named.place) && isNamedRight(claim, hash, transaction))
        .and(() -> claim.branch(named.place.number(), named.place.block()));
  }

  private static boolean isAsked(Claim claim, Optional<Hash> hash, Place place) {
    if (claim.call().method().block().kind() == BlockParam.Kind.TRANSACTION) {
      Optional<Hash> asked = Slices.hash(claim.param(0));
      return asked.isEmpty() || asked.equals(hash);
    }
    long index = Slices.quantity(claim.param(1));
    return claim.isAsked(place.number(), place.block()) && (index < 0 || index == place.index());
  }

  private static boolean isNamedRight(Claim claim, Optional<Hash> hash, RawJson transaction) {
    if (hash.isEmpty() || !claim.profile().isTried(Aspect.TRANSACTION_HASH)) {
      return true;
    }
    Optional<Hash> own = Transaction.hashOf(transaction);
    return own.isEmpty() || claim.bears(Aspect.TRANSACTION_HASH, own.equals(hash), hash);
  }

  private static final class Named implements Slices.Members {
    private final Place place = new Place();
    private RawJson hash = RawJson.ABSENT;

    @Override
    public void see(RawJson key, RawJson value) {
      place.see(key, value);
      if (key.is("hash")) {
        hash = value;
      }
    }
  }
}
