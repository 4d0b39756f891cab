package io.jethproxy.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeLogs;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.LogNode;
import io.jethproxy.testing.RpcClient.Answered;
import io.jethproxy.testing.RunningGateway;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Providers of one chain of {@value #HEAD} blocks with logs, and the gateway before them. */
final class LogBed implements AutoCloseable {

  static final long HEAD = 20_500;

  /** The last block with logs. */
  static final long LAST = 20_000;

  static final JsonMapper JSON = new JsonMapper();

  /** Made once, since it has so many blocks; nothing changes it. */
  private static final FakeWorld WORLD = FakeWorld.ofChain(1).head(HEAD);

  final FakeLogs logs = new FakeLogs(WORLD, LAST);
  final List<FakeProvider> providers = new ArrayList<>();
  final List<LogNode> nodes = new ArrayList<>();
  final RunningGateway gateway;

  LogBed(int count, String yaml, boolean cached) {
    for (int i = 0; i < count; i++) {
      providers.add(FakeProvider.start(WORLD));
      nodes.add(LogNode.on(providers.getLast(), logs));
    }
    RunningGateway.Builder builder =
        RunningGateway.before(providers.toArray(FakeProvider[]::new)).yaml(yaml);
    gateway = (cached ? builder.cached() : builder).start();
    gateway.await(
        () ->
            gateway.client().call("eth_blockNumber", "[]").result().asString("").equals(hex(HEAD)),
        "the head is known");
  }

  static LogBed of(int count) {
    return new LogBed(count, "", false);
  }

  static String hex(long number) {
    return "0x" + Long.toHexString(number);
  }

  /** Asks with members beside the range, such as {@code "address":"0x…"}; empty for none. */
  Answered ask(long from, long to, String members) {
    return gateway
        .client()
        .call(
            "eth_getLogs",
            "[{\"fromBlock\":\"%s\",\"toBlock\":\"%s\"%s}]"
                .formatted(hex(from), hex(to), members.isEmpty() ? "" : "," + members));
  }

  /** What the chain itself has. */
  JsonNode truth(long from, long to, String members) {
    return JSON.readTree(logs.json(logs.of(from, to, JSON.readTree("{" + members + "}"))));
  }

  void assertComplete(long from, long to, String members) {
    Answered answered = ask(from, to, members);
    assertThat(answered.json().has("result"))
        .as(answered.text().substring(0, Math.min(300, answered.text().length())))
        .isTrue();
    assertThat(answered.result()).isEqualTo(truth(from, to, members));
  }

  int asked() {
    return providers.stream().mapToInt(each -> each.count("eth_getLogs")).sum();
  }

  void forgetAsked() {
    providers.forEach(FakeProvider::forgetAsked);
  }

  @Override
  public void close() {
    gateway.close();
    providers.forEach(FakeProvider::close);
  }
}
