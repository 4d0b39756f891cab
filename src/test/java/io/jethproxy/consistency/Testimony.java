package io.jethproxy.consistency;

import io.jethproxy.nodes.Client;
import io.jethproxy.nodes.Client.Said;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a program of src/test/clients says that it heard, line by line: {@code block HASH}, or its
 * number where a library tells no more, and {@code log added|removed BLOCKHASH INDEX}.
 */
record Testimony(String name, Client client, long startNanos) {

  private static final String HEADS = "[\"newHeads\",\"heads\"]";
  private static final String LOGS = "[\"logs\",\"logs\"]";

  /** The last block, by hash or number; empty before the first. */
  Optional<String> lastBlock() {
    return lines("block ").stream().reduce((a, b) -> b).map(said -> said.text().substring(6));
  }

  boolean hasHeardBoth() {
    return !lines("block ").isEmpty() && !lines("log ").isEmpty();
  }

  /** Where it went wrong, if it did. */
  Optional<String> failure() {
    return lines("failed ").stream().map(Said::text).findFirst();
  }

  /** Numbers of blocks, when it tells these only. */
  List<Long> numbers() {
    return lines("block ").stream()
        .map(said -> said.text().substring(6))
        .filter(block -> !block.startsWith("0x"))
        .map(Long::valueOf)
        .toList();
  }

  /** As a history of two subscriptions; without blocks when it tells only their numbers. */
  List<Op> ops(Oracle oracle) {
    List<Op> ops = new ArrayList<>();
    if (numbers().isEmpty()) {
      subscription(ops, HEADS, lines("block "), said -> header(oracle, said.text()));
    }
    subscription(ops, LOGS, lines("log "), said -> log(oracle, said.text()));
    return ops;
  }

  private interface Reading {
    JsonNode of(Said said);
  }

  private void subscription(List<Op> ops, String kind, List<Said> lines, Reading reading) {
    JsonNode params = Json.read(kind);
    long first = lines.isEmpty() ? System.nanoTime() : lines.getFirst().nanos();
    ops.add(
        op(ops.size(), startNanos, first, SubscriptionChecks.SUBSCRIBE, params, params.path(1)));
    for (Said said : lines) {
      ops.add(
          op(
              ops.size(),
              said.nanos(),
              said.nanos() + 1, // after the first, at least
              SubscriptionChecks.NOTICE,
              params,
              reading.of(said)));
    }
    long now = System.nanoTime();
    JsonNode id = Json.read("[" + params.path(1) + "]");
    ops.add(op(ops.size(), now, now, SubscriptionChecks.UNSUBSCRIBE, id, Json.read("true")));
  }

  private Op op(
      long id, long invoked, long completed, String method, JsonNode params, JsonNode told) {
    return new Op(id, name, -1, invoked, completed, Op.Type.OK, method, params, told);
  }

  private List<Said> lines(String start) {
    return client.all().stream().filter(said -> said.text().startsWith(start)).toList();
  }

  private static JsonNode header(Oracle oracle, String line) {
    String hash = line.split(" ", -1)[1];
    long number = oracle.block(hash).map(Block::number).orElse(-1L);
    return Json.read("{\"hash\":\"%s\",\"number\":%s}".formatted(hash, Json.hex(number)));
  }

  private static JsonNode log(Oracle oracle, String line) {
    String[] words = line.split(" ", -1);
    Block.LogLine log =
        oracle
            .block(words[2])
            .flatMap(block ->
                block.logs().stream()
                    .filter(each -> each.index() == Long.parseLong(words[3]))
                    .findFirst())
            .orElse(new Block.LogLine(words[2], "", Long.parseLong(words[3]), "", ""));
    return Json.read(
        "{\"blockHash\":\"%s\",\"transactionHash\":\"%s\",\"logIndex\":%s,\"topics\":[\"%s\"],\"data\":\"%s\",\"removed\":%s}"
            .formatted(
                log.blockHash(),
                log.transactionHash(),
                Json.hex(log.index()),
                log.topic(),
                log.data(),
                words[1].equals("removed")));
  }
}
