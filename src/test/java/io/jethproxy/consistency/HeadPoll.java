package io.jethproxy.consistency;

import java.util.Random;

/** Asks for the head in every way there is. */
record HeadPoll(Random random) implements Workload {

  @Override
  public String name() {
    return "head-poll";
  }

  @Override
  public void step(Session session) {
    switch (random.nextInt(4)) {
      case 0 -> session.ask("eth_getBlockByNumber", "[\"latest\",false]");
      case 1 -> {
        Session.Question probe = Workload.probe("\"latest\"");
        session.ask(probe.method(), probe.params());
      }
      default -> session.ask("eth_blockNumber", "[]");
    }
  }
}
