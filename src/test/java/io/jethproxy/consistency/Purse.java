package io.jethproxy.consistency;

import io.jethproxy.eth.Keccak;
import io.jethproxy.testing.Anvil;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Payments of anvil's accounts to a contract that logs whenever it is called, all signed before the
 * run begins, so that each can be sent again and again. Immutable.
 */
final class Purse {

  private static final long GAS_PRICE_WEI = 100_000_000_000L;
  private static final long GAS = 100_000;

  /** Deploys: CALLVALUE PUSH0 MSTORE CALLER PUSH1 32 PUSH0 LOG1. */
  private static final String INIT = "0x67345f523360205fa15f5260086018f3";

  private final Payment deployment;
  private final Map<String, List<Payment>> byAccount;
  private final Map<String, Payment> byHash;

  /** Made of what is signed already. */
  Purse(Payment deployment, Collection<Payment> payments) {
    this.deployment = deployment;
    byAccount =
        payments.stream()
            .collect(
                Collectors.groupingBy(Payment::sender, LinkedHashMap::new, Collectors.toList()));
    byHash =
        Stream.concat(Stream.of(deployment), payments.stream())
            .collect(Collectors.toUnmodifiableMap(Payment::hash, payment -> payment));
  }

  /** Signed with the keys of a node that is at genesis: the first deploys, the others pay. */
  static Purse signedBy(Anvil signer, long chainId, int nonceCount) {
    List<String> accounts = new ArrayList<>();
    signer.rpc("eth_accounts", "[]").forEach(account -> accounts.add(account.asString()));
    String deployer = accounts.removeFirst();
    String contract = contractOf(deployer);
    List<Payment> payments = new ArrayList<>();
    for (String account : accounts) {
      for (long nonce = 0; nonce < nonceCount; nonce++) {
        String what = "\"to\":\"%s\"".formatted(contract);
        payments.add(sign(signer, chainId, account, what, nonce, nonce + 1));
      }
    }
    String create = "\"data\":\"%s\"".formatted(INIT);
    return new Purse(sign(signer, chainId, deployer, create, 0, 0), payments);
  }

  /** Makes the contract; belongs into block 1. */
  Payment deployment() {
    return deployment;
  }

  String contract() {
    return contractOf(deployment.sender());
  }

  /** Those that have payments to send. */
  List<String> accounts() {
    return List.copyOf(byAccount.keySet());
  }

  /** In the order of their nonces, from 0. */
  List<Payment> payments(String account) {
    return byAccount.getOrDefault(account, List.of());
  }

  boolean knows(String hash) {
    return byHash.containsKey(hash);
  }

  Payment known(String hash) {
    Payment payment = byHash.get(hash);
    if (payment == null) {
      throw new AssertionError("a transaction that nobody signed: " + hash);
    }
    return payment;
  }

  private static Payment sign(
      Anvil signer, long chainId, String from, String what, long nonce, long valueWei) {
    String params =
        "[{\"from\":\"%s\",%s,\"value\":\"0x%x\",\"nonce\":\"0x%x\",\"gas\":\"0x%x\",\"gasPrice\":\"0x%x\",\"chainId\":\"0x%x\"}]"
            .formatted(from, what, valueWei, nonce, GAS, GAS_PRICE_WEI, chainId);
    JsonNode raw = signer.rpc("eth_signTransaction", params);
    return new Payment(from, nonce, valueWei, raw.asString(), hashOf(raw.asString()));
  }

  /** The hash of a signed transaction. */
  static String hashOf(String raw) {
    return Keccak.hash(HexFormat.of().parseHex(raw.substring(2))).toString();
  }

  /** Of the first contract that this account creates: keccak of the RLP of [account, 0]. */
  private static String contractOf(String account) {
    byte[] rlp = HexFormat.of().parseHex("d694" + account.substring(2) + "80");
    return "0x" + Keccak.hash(rlp).toString().substring(26);
  }
}
