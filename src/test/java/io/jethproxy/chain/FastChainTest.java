package io.jethproxy.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.Asked;
import io.jethproxy.testing.FakeProvider;
import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.FakeWorld;
import io.jethproxy.testing.RunningGateway;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A chain with a block each quarter of a second is followed block by block, at a look a second. */
class FastChainTest {

  private static final long CHAIN_ID = 42_161;
  private static final int BLOCKS_PER_SECOND = 4;

  private final FakeWorld world = FakeWorld.ofChain(CHAIN_ID);
  private final FakeWorld own = FakeWorld.ofChain(CHAIN_ID);
  private final FakeProvider one = FakeProvider.start(world);
  private final FakeProvider two = FakeProvider.start(world);
  private final FakeProvider three = FakeProvider.start(own);
  private final FakeTicker ticker = new FakeTicker();

  @AfterEach
  void close() {
    one.close();
    two.close();
    three.close();
  }

  private RunningGateway gateway() {
    RunningGateway gateway = RunningGateway.before(one, two, three).ticker(ticker).cached().start();
    gateway.await(() -> head(gateway) == 1_000, "the chain is known");
    return gateway;
  }

  private void pass(RunningGateway gateway, int seconds) {
    for (int second = 0; second < seconds; second++) {
      for (int block = 0; block < BLOCKS_PER_SECOND; block++) {
        world.mine();
        if (own.head() == world.head() - 1) {
          own.mine();
        }
        ticker.advanceMillis(1_000 / BLOCKS_PER_SECOND);
        gateway.status(); // answers come in real time
      }
      head(gateway); // somebody is there
    }
  }

  private static long head(RunningGateway gateway) {
    JsonNode number = gateway.client().call("eth_blockNumber", "[]").json().path("result");
    return number.isString()
        ? Long.parseLong(number.asString(), 2, number.asString().length(), 16)
        : -1;
  }

  private static JsonNode chain(RunningGateway gateway) {
    return JsonMapper.shared().readTree(gateway.status()).path("networks").path(0).path("chain");
  }

  private int asked(String method) {
    return one.count(method) + two.count(method) + three.count(method);
  }

  @Test
  void everyBlockIsKeptThoughNotEachIsLookedAtByAll() {
    try (RunningGateway gateway = gateway()) {
      pass(gateway, 40);

      assertThat(head(gateway)).isBetween(world.head() - 2 * BLOCKS_PER_SECOND, world.head());
      assertThat(chain(gateway).path("blocksKept").asInt()).isGreaterThanOrEqualTo(128);
      assertThat(chain(gateway).path("blocksVerified").asInt()).isGreaterThanOrEqualTo(128);
    }
  }

  @Test
  void eachProviderIsAskedForItsHeadOnceASecondAndOneForWhatLiesBetween() {
    try (RunningGateway gateway = gateway()) {
      pass(gateway, 10);
      Stream.of(one, two, three).forEach(FakeProvider::forgetAsked);
      pass(gateway, 30);

      List<Asked> heads =
          Stream.of(one, two, three)
              .flatMap(each -> each.asked("eth_getBlockByNumber").stream())
              .filter(asked -> asked.params().contains("latest"))
              .toList();
      assertThat(heads).hasSizeBetween(3 * 25, 3 * 42);
      int between = asked("eth_getBlockByNumber") + asked("eth_getBlockByHash") - heads.size();
      assertThat(between).isLessThan(30 * (BLOCKS_PER_SECOND + 1));
      assertThat(asked("eth_blockNumber")).isLessThan(10);
    }
  }

  @Test
  void aProviderOnABranchOfItsOwnIsNotFollowed() {
    try (RunningGateway gateway = gateway()) {
      pass(gateway, 10);
      own.head(world.head()).forkFrom(world.head() - 2, "own");
      for (int i = 0; i < 10; i++) {
        pass(gateway, 1);
        own.head(world.head() + 3);
      }

      String number = "0x" + Long.toHexString(world.head() - 12);
      assertThat(
              gateway
                  .client()
                  .call("eth_getBlockByNumber", "[\"%s\",false]".formatted(number))
                  .result()
                  .path("hash")
                  .asString())
          .isEqualTo(world.hash(world.head() - 12));
      gateway.await(() -> gateway.status().contains("\"forked\""), "it is fenced");
    }
  }

  @Test
  void aReorganisationIsFollowedByItsParents() {
    try (RunningGateway gateway = gateway()) {
      pass(gateway, 10);
      long from = world.head() - 5;
      world.forkFrom(from, "other");
      own.head(world.head()).forkFrom(from, "other");
      pass(gateway, 6);

      assertThat(
              gateway
                  .client()
                  .call(
                      "eth_getBlockByNumber", "[\"0x%s\",false]".formatted(Long.toHexString(from)))
                  .result()
                  .path("hash")
                  .asString())
          .isEqualTo(world.hash(from));
    }
  }
}
