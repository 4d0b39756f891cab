package io.jethproxy.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RunningGateway;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForkedProviderTest {

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
  void keepsOneOfTwoBecauseNobodyKnowsWhichIsRight() {
    two.world().forkFrom(998, "other").head(1_002);
    try (RunningGateway gateway = RunningGateway.before(one, two).start()) {
      gateway.await(() -> one.count("eth_blockNumber") > 2, "heads were followed");

      assertThat(gateway.status()).doesNotContain("forked");
    }
  }

  private static String state(RunningGateway gateway) {
    var providers =
        gateway.management().get("/status").json().path("networks").path(0).path("providers");
    return StreamSupport.stream(providers.spliterator(), false)
        .filter(provider -> provider.path("id").asString().equals("provider-3"))
        .map(provider -> provider.path("state").asString())
        .findFirst()
        .orElse("");
  }
}
