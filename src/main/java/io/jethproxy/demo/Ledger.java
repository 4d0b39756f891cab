package io.jethproxy.demo;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Keccak;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the accounts of the demo own after a block. Immutable. */
final class Ledger {

  private static final int ACCOUNTS = 6;
  private static final BigInteger WEI_AT_FIRST = BigInteger.TEN.pow(24);
  private static final BigInteger TOKENS_AT_FIRST = BigInteger.TEN.pow(27);
  private static final Account NOBODY = new Account(BigInteger.ZERO, BigInteger.ZERO, 0);

  /** One account. */
  record Account(BigInteger wei, BigInteger tokens, long nonce) {}

  private final Map<Address, Account> accounts;

  private Ledger(Map<Address, Account> accounts) {
    this.accounts = accounts;
  }

  /** The first state: a handful of rich accounts. */
  static Ledger first() {
    Map<Address, Account> accounts = new TreeMap<>();
    for (int i = 0; i < ACCOUNTS; i++) {
      accounts.put(Address.of("demo account " + i), new Account(WEI_AT_FIRST, TOKENS_AT_FIRST, 0));
    }
    return new Ledger(accounts);
  }

  List<Address> addresses() {
    return new ArrayList<>(accounts.keySet());
  }

  Account account(Address address) {
    return accounts.getOrDefault(address, NOBODY);
  }

  /** The state after one transaction from one account to another, both of which are known. */
  Ledger after(Address from, Address to, BigInteger wei, BigInteger tokens) {
    Map<Address, Account> next = new TreeMap<>(accounts);
    Account sender = account(from);
    next.put(
        from,
        new Account(
            sender.wei().subtract(wei), sender.tokens().subtract(tokens), sender.nonce() + 1));
    Account receiver = next.getOrDefault(to, NOBODY);
    next.put(
        to, new Account(receiver.wei().add(wei), receiver.tokens().add(tokens), receiver.nonce()));
    return new Ledger(next);
  }

  /** Stands in for the state root: changes when anything changes, but proves nothing. */
  Hash fingerprint() {
    return Keccak.hash(accounts.toString().getBytes(StandardCharsets.UTF_8));
  }

  BigInteger tokenSupply() {
    return TOKENS_AT_FIRST.multiply(BigInteger.valueOf(ACCOUNTS));
  }
}
