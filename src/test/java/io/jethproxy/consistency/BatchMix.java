package io.jethproxy.consistency;

import io.jethproxy.consistency.Session.Question;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Asks several things about the head at once and expects them to be about one head. */
record BatchMix(Random random, String contract, String account) implements Workload {

  @Override
  public String name() {
    return "batch-mix";
  }

  @Override
  public void step(Session session) {
    List<Question> questions =
        new ArrayList<>(
            List.of(
                new Question("eth_blockNumber", "[]"),
                new Question("eth_getBlockByNumber", "[\"latest\",false]"),
                Workload.probe("\"latest\""),
                new Question("eth_getBlockReceipts", "[\"latest\"]"),
                new Question("eth_getBalance", "[\"%s\",\"latest\"]".formatted(contract)),
                new Question(
                    "eth_getLogs",
                    "[{\"fromBlock\":\"latest\",\"toBlock\":\"latest\",\"address\":\"%s\"}]"
                        .formatted(contract)),
                new Question("eth_getTransactionCount", "[\"%s\",\"latest\"]".formatted(account)),
                new Question("eth_getBlockByNumber", "[\"safe\",false]"),
                new Question("eth_getBlockByNumber", "[\"finalized\",false]")));
    Collections.shuffle(questions, random);
    session.askAll(List.copyOf(questions.subList(0, 3 + random.nextInt(questions.size() - 2))));
  }
}
