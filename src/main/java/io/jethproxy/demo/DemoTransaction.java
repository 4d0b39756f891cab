package io.jethproxy.demo;

import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Keccak;
import io.jethproxy.eth.Log;
import io.jethproxy.eth.RawTransaction;
import io.jethproxy.eth.Rlp;
import java.math.BigInteger;
import java.util.List;

/**
 * A transaction of the demo chain. Those that the chain makes itself are legacy transactions whose
 * hash follows from their fields, with signatures of the right form that nobody made. Those that
 * were sent to it are bytes that nobody looks into.
 *
 * @param raw the bytes that are hashed; shared: not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by hash only
record DemoTransaction(
    Hash hash,
    byte[] raw,
    long nonce,
    Address from,
    Address to,
    BigInteger wei,
    byte[] input,
    BigInteger v,
    BigInteger r,
    BigInteger s,
    long gas,
    List<Log> logs,
    boolean sent) {

  static final long GAS_PRICE_WEI = 2_000_000_000L;
  private static final long TRANSFER_GAS = 21_000;
  private static final long TOKEN_GAS = 52_000;
  private static final BigInteger V = BigInteger.valueOf(DemoChain.CHAIN_ID * 2 + 35);

  static DemoTransaction ofEther(long nonce, Address from, Address to, BigInteger wei) {
    return made(nonce, from, to, wei, new byte[0], TRANSFER_GAS, List.of());
  }

  static DemoTransaction ofTokens(long nonce, Address from, Address to, BigInteger tokens) {
    return made(
        nonce,
        from,
        DemoToken.ADDRESS,
        BigInteger.ZERO,
        DemoToken.transferInput(to, tokens),
        TOKEN_GAS,
        List.of(DemoToken.transferred(from, to, tokens)));
  }

  /** Bytes that somebody sent. */
  static DemoTransaction sent(byte[] raw) {
    Hash hash = RawTransaction.hashOf(raw);
    return new DemoTransaction(
        hash,
        raw,
        0,
        Address.of(hash),
        Address.NOBODY,
        BigInteger.ZERO,
        new byte[0],
        V,
        BigInteger.ONE,
        BigInteger.ONE,
        TRANSFER_GAS,
        List.of(),
        true);
  }

  private static DemoTransaction made(
      long nonce,
      Address from,
      Address to,
      BigInteger wei,
      byte[] input,
      long gas,
      List<Log> logs) {
    List<byte[]> fields =
        List.of(
            Rlp.quantity(nonce),
            Rlp.quantity(GAS_PRICE_WEI),
            Rlp.quantity(gas),
            Rlp.string(to.bytes()),
            Rlp.quantity(wei),
            Rlp.string(input));
    BigInteger r = new BigInteger(1, Keccak.hash(Rlp.list(fields)).bytes());
    BigInteger s = new BigInteger(1, Keccak.hash(from.bytes()).bytes()).shiftRight(1);
    List<byte[]> signed = new java.util.ArrayList<>(fields);
    signed.addAll(List.of(Rlp.quantity(V), Rlp.quantity(r), Rlp.quantity(s)));
    byte[] raw = Rlp.list(signed);
    return new DemoTransaction(
        Keccak.hash(raw), raw, nonce, from, to, wei, input, V, r, s, gas, logs, false);
  }
}
