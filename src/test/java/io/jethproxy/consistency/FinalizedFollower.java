package io.jethproxy.consistency;

import io.jethproxy.consistency.Session.Question;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/** Believes only what is final, and compares it with what is safe and what is newest. */
record FinalizedFollower(Random random) implements Workload {

  private static final Question FINALIZED =
      new Question("eth_getBlockByNumber", "[\"finalized\",false]");
  private static final Question SAFE = new Question("eth_getBlockByNumber", "[\"safe\",false]");
  private static final Question LATEST = new Question("eth_getBlockByNumber", "[\"latest\",false]");

  @Override
  public String name() {
    return "finalized-follower";
  }

  @Override
  public void step(Session session) {
    if (random.nextBoolean()) {
      session.askAll(List.of(FINALIZED, SAFE, LATEST));
      return;
    }
    JsonNode block = session.ask(FINALIZED.method(), FINALIZED.params());
    if (block.isObject()) {
      String number = block.path("number").toString();
      session.ask("eth_getBlockByNumber", "[" + number + ",false]");
      session.ask("eth_getBlockReceipts", "[" + number + "]");
    }
  }
}
