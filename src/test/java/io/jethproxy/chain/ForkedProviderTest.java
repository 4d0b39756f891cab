package io.jethproxy.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RunningGateway;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ForkedProviderTest {

  private static final String BALANCE =
      "[\"0x00000000000000000000000000000000000000aa\",\"latest\"]";

  private final FakeProvider one = FakeProvider.start(world());
  private final FakeProvider two = FakeProvider.start(world());
  private final FakeProvider three = FakeProvider.start(world());

  private static FakeWorld world() {
    return FakeWorld.ofChain(31337);
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
    three.close();
  }

  @Test
  void isNotAskedUntilItIsBackOnTheBranchOfTheOthers() {
    three.world().forkFrom(998, "other").head(1_002);
    try (RunningGateway gateway = RunningGateway.before(one, two, three).start()) {
      gateway.await(() -> state(gateway).equals("forked"), "the third is found out");
      three.forgetAsked();

      for (int i = 0; i < 20; i++) {
        var block = gateway.client().call("eth_getBlockByNumber", "[\"latest\",true]").result();
        assertThat(block.path("hash").asString()).isEqualTo(one.world().hash(1_000));
      }
      assertThat(three.asked()).noneMatch(asked -> asked.params().contains("true"));

      three.world().forkFrom(998, "main").head(1_001);
      gateway.await(() -> state(gateway).equals("healthy"), "the third is back");
    }
  }

  @Test
  void isTheChainOnceThoseOnTheOtherBranchHaveGone() {
    three.world().forkFrom(998, "other").head(1_002);
    try (RunningGateway gateway = RunningGateway.before(one, two, three).start()) {
      gateway.await(() -> state(gateway).equals("forked"), "the third is found out");

      one.kill();
      gateway.await(() -> gateway.status().contains("ejected"), "the first is out");
      three.world().head(1_003);
      gateway.await(() -> gateway.status().contains("1003"), "the third was looked at");
      assertThat(state(gateway)).isEqualTo("forked");
      assertThat(latestOf(gateway)).isEqualTo(two.world().hash(1_000));
      two.kill();

      gateway.await(
          () -> latestOf(gateway).equals(three.world().hash(1_003)), "its chain is served");
      gateway.await(() -> state(gateway).equals("healthy"), "it is asked again");
      assertThat(gateway.client().call("eth_getBalance", BALANCE).status()).isEqualTo(200);

      one.revive();
      two.revive();
      one.world().head(1_002);
      two.world().head(1_002);
      three.world().head(1_004);
      gateway.await(() -> state(gateway).equals("forked"), "it is found out again");
    }
  }

  @Test
  void isFoundOutByWhoWasAwayWhileTheChainStoodStill() {
    try (RunningGateway gateway = RunningGateway.before(one, two, three).start()) {
      gateway.await(() -> !latestOf(gateway).isEmpty(), "the chain is served");
      gateway.await(() -> inState(gateway, "healthy") == 3, "all are in use");
      two.kill();
      gateway.await(() -> gateway.status().contains("ejected"), "the second is out");
      two.revive();
      gateway.await(() -> inState(gateway, "healthy") == 3, "the second is back");

      three.world().forkFrom(998, "other").head(1_001);

      gateway.await(() -> state(gateway).equals("forked"), "the third is found out");
    }
  }

  private static String latestOf(RunningGateway gateway) {
    return gateway
        .client()
        .call("eth_getBlockByNumber", "[\"latest\",false]")
        .result()
        .path("hash")
        .asString("");
  }

  @Test
  void keepsOneOfTwoBecauseNobodyKnowsWhichIsRight() {
    two.world().forkFrom(998, "other").head(1_002);
    try (RunningGateway gateway = RunningGateway.before(one, two).start()) {
      gateway.await(() -> one.count("eth_blockNumber") > 2, "heads were followed");

      assertThat(gateway.status()).doesNotContain("forked");
    }
  }

  private static long inState(RunningGateway gateway, String state) {
    return providers(gateway)
        .filter(provider -> provider.path("state").asString().equals(state))
        .count();
  }

  private static Stream<JsonNode> providers(RunningGateway gateway) {
    var providers =
        gateway.management().get("/status").json().path("networks").path(0).path("providers");
    return StreamSupport.stream(providers.spliterator(), false);
  }

  private static String state(RunningGateway gateway) {
    return providers(gateway)
        .filter(provider -> provider.path("id").asString().equals("provider-3"))
        .map(provider -> provider.path("state").asString())
        .findFirst()
        .orElse("");
  }
}
