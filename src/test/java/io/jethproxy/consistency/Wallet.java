package io.jethproxy.consistency;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/**
 * Spends: asks its nonce, sends the next payment, more than once, looks at it while it is pending,
 * waits for its receipt, and looks again at receipts that it has.
 */
final class Wallet implements Workload {

  private static final int LOOKS_BEFORE_NEXT_MAX = 30;

  private final Random random;
  private final String account;
  private final List<Payment> payments;
  private final List<Payment> mined = new ArrayList<>();
  private int next;
  private int looks = LOOKS_BEFORE_NEXT_MAX;

  Wallet(Random random, String account, List<Payment> payments) {
    this.random = random;
    this.account = account;
    this.payments = List.copyOf(payments);
  }

  @Override
  public String name() {
    return "wallet";
  }

  @Override
  public void step(Session session) {
    if (looks >= LOOKS_BEFORE_NEXT_MAX && next < payments.size()) {
      spend(session, payments.get(next));
    } else {
      look(session);
    }
  }

  private void spend(Session session, Payment payment) {
    pendingNonce(session);
    JsonNode hash = send(session, payment);
    if (hash.isString()) {
      next++;
      looks = 0;
      transaction(session, payment);
      pendingNonce(session);
    }
  }

  private void look(Session session) {
    looks++;
    Payment payment = payments.get(Math.max(0, next - 1));
    switch (random.nextInt(6)) {
      case 0 -> transaction(session, payment);
      case 1 -> pendingNonce(session);
      case 2 -> session.ask("eth_getTransactionCount", params(account, "latest"));
      case 3 -> send(session, payment);
      case 4 -> old(session);
      default -> receipt(session, payment);
    }
  }

  private void old(Session session) {
    if (!mined.isEmpty()) {
      int newest = mined.size() - 1;
      receipt(session, mined.get(Math.max(0, newest - random.nextInt(3))));
    }
  }

  private JsonNode send(Session session, Payment payment) {
    return session.ask("eth_sendRawTransaction", "[\"" + payment.raw() + "\"]");
  }

  private void pendingNonce(Session session) {
    session.ask("eth_getTransactionCount", params(account, "pending"));
  }

  private static void transaction(Session session, Payment payment) {
    session.ask("eth_getTransactionByHash", "[\"" + payment.hash() + "\"]");
  }

  private void receipt(Session session, Payment payment) {
    JsonNode receipt = session.ask("eth_getTransactionReceipt", "[\"" + payment.hash() + "\"]");
    if (receipt.isObject() && !mined.contains(payment)) {
      mined.add(payment);
      looks = Math.max(looks, LOOKS_BEFORE_NEXT_MAX - 6);
    }
  }

  private static String params(String account, String tag) {
    return "[\"%s\",\"%s\"]".formatted(account, tag);
  }
}
