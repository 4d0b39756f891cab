package io.jethproxy.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.testing.FakeTicker;
import io.jethproxy.testing.RpcClient.Answered;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What operators see of the chain, of its checks and of answers that were kept: it moves. */
class OperatorsViewTest {

  /** The example of EIP-155, for chain 1. */
  private static final String SIGNED =
      "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a7640000"
          + "8025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f"
          + "761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";

  private static Scrape scrape(FaultBed bed) {
    return Scrape.of(bed.gateway);
  }

  private static JsonNode status(FaultBed bed) {
    return bed.gateway.management().get("/status").json();
  }

  private static JsonNode network(FaultBed bed) {
    return status(bed).path("networks").path(0);
  }

  private static JsonNode ready(FaultBed bed) {
    Answered ready = bed.client().get("/ready");
    assertThat(ready.status()).isEqualTo(200);
    return ready.json().path("networks").path("mainnet");
  }

  /** Started, and the newest block of the world is the newest that is kept. */
  private static FaultBed followed(FaultBed.Builder builder) {
    FaultBed bed = builder.start().awaitAll();
    awaitTip(bed);
    return bed;
  }

  private static void awaitTip(FaultBed bed) {
    bed.gateway.await(
        () -> network(bed).path("chain").path("tip").path("number").asLong() == bed.world.head(),
        "the chain is followed");
  }

  private static String atHead(FaultBed bed, int address) {
    return "[\"0x%040x\",\"0x%x\"]".formatted(address, bed.world.head());
  }

  // Answers that were kept and shared.

  @Test
  void countsHitsMissesAndWhatWasKeptByMethod() {
    try (FaultBed bed = followed(FaultBed.builder(2).cached())) {
      for (int i = 0; i < 4; i++) {
        bed.client().call("eth_getBalance", atHead(bed, 1));
      }

      Scrape scraped = scrape(bed);
      String method = "method=\"eth_getBalance\"";
      assertThat(scraped.sum("jeth_cache_hits_total", method)).isEqualTo(3);
      assertThat(scraped.sum("jeth_cache_misses_total", method)).isEqualTo(1);
      assertThat(scraped.sum("jeth_cache_stores_total", method)).isEqualTo(1);
      assertThat(scraped.sum("jeth_cache_bytes", method)).isPositive();
      assertThat(scraped.sum("jeth_cache_entries")).isEqualTo(1);
      assertThat(scraped.sum("jeth_request_duration_seconds_count", "served_by=\"cache\""))
          .isEqualTo(3);
      JsonNode cache = status(bed).path("cache");
      assertThat(cache.path("hitRatio").asDouble()).isEqualTo(0.75);
      assertThat(cache.path("bytes").asLong()).isPositive();
      assertThat(cache.path("bytesMax").asLong()).isGreaterThan(1L << 20);
      assertThat(cache.path("methods").path("eth_getBalance").path("hits").asLong()).isEqualTo(3);
    }
  }

  @Test
  void saysWhyAnswersWereNotKept() {
    try (FaultBed bed = followed(FaultBed.builder(2).cached())) {
      bed.client().call("eth_getTransactionByHash", "[\"0x" + "11".repeat(32) + "\"]");
      bed.client().call("eth_getBalance", "[\"" + FaultBed.ADDRESS + "\",\"pending\"]");
      bed.client().call("nobody_knows", "[]");

      JsonNode methods = status(bed).path("cache").path("methods");
      assertThat(methods.path("eth_getTransactionByHash").path("notCached").path("null").asLong())
          .isEqualTo(1);
      assertThat(methods.path("eth_getBalance").path("notCached").path("pending").asLong())
          .isEqualTo(1);
      assertThat(methods.path("other").path("notCached").path("method").asLong()).isEqualTo(1);
      assertThat(
              scrape(bed)
                  .sum(
                      "jeth_cache_not_cached_total",
                      "method=\"eth_getBalance\"",
                      "reason=\"pending\""))
          .isEqualTo(1);
    }
  }

  @Test
  void countsAnswersThatMakeRoomForOthers() {
    String large = "\"0x" + "ab".repeat(50_000) + "\"";
    try (FaultBed bed =
        followed(FaultBed.builder(2).cached().top("chain: {cacheMebibytesMax: 1}\n"))) {
      bed.each(u -> u.on("eth_getCode").answer(large));

      for (int i = 0; i < 30; i++) {
        bed.client().call("eth_getCode", atHead(bed, i));
      }

      assertThat(scrape(bed).sum("jeth_cache_evictions_total", "method=\"eth_getCode\""))
          .isBetween(15.0, 29.0);
      assertThat(scrape(bed).sum("jeth_cache_bytes")).isLessThanOrEqualTo(1 << 20);
      assertThat(scrape(bed).sum("jeth_cache_bytes_max")).isEqualTo(1 << 20);
    }
  }

  @Test
  void countsWhoLedAndWhoWaited() {
    try (FaultBed bed = followed(FaultBed.builder(2).cached().set("TIMEOUT_SECONDS", "30"))) {
      CountDownLatch released = new CountDownLatch(1);
      bed.each(u -> u.on("eth_getBalance").hold(released));

      List<CompletableFuture<Answered>> asked = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        asked.add(bed.client().callAsync("eth_getBalance", atHead(bed, 1)));
      }
      bed.gateway.await(
          () -> scrape(bed).sum("jeth_coalesced_calls_total", "role=\"waiter\"") == 4, "they wait");

      assertThat(scrape(bed).sum("jeth_coalesced_calls_total", "role=\"leader\"")).isEqualTo(1);
      assertThat(scrape(bed).sum("jeth_coalesce_trips")).isEqualTo(1);
      released.countDown();
      asked.forEach(CompletableFuture::join);
      assertThat(status(bed).path("coalesce").path("waiters").asLong()).isEqualTo(4);
      assertThat(status(bed).path("coalesce").path("tripsNow").asLong()).isZero();
    }
  }

  @Test
  void showsNothingOfACacheThatIsOff() {
    try (FaultBed bed = followed(FaultBed.builder(1))) {
      bed.balance();

      assertThat(scrape(bed).lines()).noneMatch(line -> line.startsWith("jeth_cache"));
      assertThat(status(bed).path("cache").isObject()).isTrue();
      assertThat(status(bed).path("cache")).isEmpty();
    }
  }

  // The chain.

  @Test
  void showsTheHeadsOfTheChainAndWhatIsKeptOfIt() {
    try (FaultBed bed = followed(FaultBed.builder(2).cached().top("chain: {receipts: always}\n"))) {
      bed.world.mine();
      awaitTip(bed);
      bed.gateway.await(
          () -> scrape(bed).sum("jeth_chain_head", "tag=\"finalized\"") > 0, "what is final");
      bed.client().call("eth_getBlockByNumber", "[\"latest\",false]");

      Scrape scraped = scrape(bed);
      assertThat(scraped.sum("jeth_chain_head", "tag=\"latest\"")).isEqualTo(1_001);
      assertThat(scraped.sum("jeth_chain_head", "tag=\"safe\"")).isBetween(968.0, 969.0);
      assertThat(scraped.sum("jeth_chain_blocks")).isPositive();
      assertThat(scraped.sum("jeth_chain_blocks_verified"))
          .isBetween(1.0, scrape(bed).sum("jeth_chain_blocks"));
      assertThat(scraped.sum("jeth_chain_blocks_with_receipts")).isPositive();
      assertThat(scraped.sum("jeth_chain_bytes")).isGreaterThan(1_000);
      assertThat(scraped.sum("jeth_request_duration_seconds_count", "served_by=\"chain\""))
          .isEqualTo(1);
      JsonNode chain = network(bed).path("chain");
      assertThat(chain.path("followed").asBoolean()).isTrue();
      assertThat(chain.path("receipts").asString()).isEqualTo("always");
    }
  }

  @Test
  void keepsAsManyBlocksAsConfigured() {
    FakeTicker ticker = new FakeTicker();
    FaultBed.Builder builder = FaultBed.builder(2).cached().ticker(ticker);
    try (FaultBed bed = followed(builder.top("chain: {blocksMin: 200}\n"))) {
      bed.gateway.await(
          () -> {
            ticker.advanceMillis(200);
            return network(bed).path("chain").path("blocksKept").asInt() == 200;
          },
          "the older ones are kept, too");
    }
  }

  @Test
  void countsReorganisationsAndTheirDepth() {
    try (FaultBed bed = followed(FaultBed.builder(2))) {
      assertThat(scrape(bed).sum("jeth_chain_reorgs_total")).isZero();
      bed.world.mine();
      bed.world.mine();
      awaitTip(bed);

      bed.world.forkFrom(1_000, "other").mine();
      awaitTip(bed);

      Scrape scraped = scrape(bed);
      assertThat(scraped.sum("jeth_chain_reorgs_total")).isEqualTo(1);
      assertThat(scraped.sum("jeth_chain_orphaned_blocks_total")).isEqualTo(3);
      assertThat(scraped.sum("jeth_chain_reorg_depth_max")).isEqualTo(3);
      assertThat(network(bed).path("chain").path("deepestReorg").asLong()).isEqualTo(3);
    }
  }

  @Test
  void saysThatNobodyConfirmsAChainOfOneGroup() {
    try (FaultBed bed = followed(FaultBed.builder(1))) {
      assertThat(network(bed).path("chain").path("agreement").asString())
          .contains("single", "nobody confirms it");
      assertThat(scrape(bed).sum("jeth_chain_groups_present")).isEqualTo(1);
      assertThat(scrape(bed).sum("jeth_chain_groups_needed")).isEqualTo(1);
    }
  }

  @Test
  void countsWhatFollowingAsksAndSaysWhatADayCosts() {
    try (FaultBed bed = followed(FaultBed.builder(2))) {
      Scrape scraped = scrape(bed);

      assertThat(
              scraped.sum(
                  "jeth_following_requests_total", "provider=\"u1\"", "method=\"eth_blockNumber\""))
          .isPositive();
      bed.gateway.await(
          () ->
              scrape(bed).sum("jeth_following_requests_total", "method=\"eth_getBlockByHash\"") > 0,
          "older blocks are fetched");
      JsonNode all = network(bed).path("following");
      assertThat(all.path("requestsPerDay").asLong())
          .isGreaterThan(bed.provider(1).path("following").path("requestsPerDay").asLong());
      assertThat(all.path("alchemyComputeUnitsPerDay").asLong()).isPositive();
    }
  }

  @Test
  void remembersHowManyTransactionsWerePublishedHere() {
    try (FaultBed bed = followed(FaultBed.builder(1))) {
      bed.client().call("eth_sendRawTransaction", "[\"" + SIGNED + "\"]");

      assertThat(scrape(bed).sum("jeth_own_transactions")).isEqualTo(1);
      assertThat(status(bed).path("ownTransactions").path("kept").asLong()).isEqualTo(1);
      assertThat(status(bed).path("ownTransactions").path("bytes").asLong()).isPositive();
    }
  }

  // Checks.

  @Test
  void showsWhichChecksHoldAndWhyTheOthersDoNot() {
    try (FaultBed bed = followed(FaultBed.builder(2))) {
      JsonNode checks = network(bed).path("verification");

      assertThat(checks.path("header_hash").path("state").asString()).isEqualTo("on");
      assertThat(checks.path("header_hash").has("reason")).isFalse();
      assertThat(checks.path("receipts_root").path("state").asString()).isEqualTo("unknown");
      assertThat(checks.path("receipts_root").path("reason").asString())
          .isEqualTo("no answer has shown it yet");
      assertThat(scrape(bed).sum("jeth_verify_profile", "aspect=\"header_hash\"", "state=\"on\""))
          .isEqualTo(1);
      assertThat(scrape(bed).sum("jeth_verify_profile", "aspect=\"header_hash\"", "state=\"off\""))
          .isZero();
    }
  }

  @Test
  void saysThatANetworkHasItsOwnWay() {
    try (FaultBed bed = FaultBed.apart(1, 31_337).start().awaitAll()) {
      JsonNode check = network(bed).path("verification").path("transactions_root");

      assertThat(check.path("state").asString()).isEqualTo("off");
      assertThat(check.path("reason").asString())
          .isEqualTo("this network is known to have its own way");
    }
  }

  @Test
  void countsWrongAnswersByProviderAndMethod() {
    try (FaultBed bed = followed(FaultBed.builder(2).with(2, "tier: backup"))) {
      bed.u(1)
          .on("eth_getBlockByNumber")
          .when(asked -> asked.params().contains("\"0x8\""))
          .answer("{\"number\":\"0x7\"}");

      bed.client().call("eth_getBlockByNumber", "[\"0x8\",false]");

      Scrape scraped = scrape(bed);
      String method = "method_group=\"eth_getBlockByNumber\"";
      assertThat(scraped.sum("jeth_verify_failures_total", method, "provider=\"u1\"")).isEqualTo(1);
      assertThat(scraped.sum("jeth_verify_failures_total", method, "provider=\"u2\"")).isZero();
    }
  }

  @Test
  void countsBlocksThatCannotBeWhatAProviderSays() {
    try (FaultBed bed = followed(FaultBed.apart(2, 1))) {
      bed.u(2).world().mine();
      bed.u(2).world().lieAboutBlock(1_001);

      bed.gateway.await(
          () -> scrape(bed).sum("jeth_chain_refused_blocks_total") > 0, "the lie is found out");
      assertThat(network(bed).path("chain").path("blocksRefused").asLong()).isPositive();
    }
  }

  // Heads that stand still.

  @Test
  void saysThatTheChainHaltsAndGoesOnServing() {
    FakeTicker ticker = new FakeTicker();
    try (FaultBed bed = followed(FaultBed.builder(2).ticker(ticker))) {
      assertThat(ready(bed).has("degraded")).isFalse();
      assertThat(scrape(bed).sum("jeth_head_stalled")).isZero();

      bed.gateway.await(
          () -> {
            ticker.advanceMillis(500);
            return ready(bed).has("degraded");
          },
          "the halt is seen");

      assertThat(ready(bed).path("ready").asBoolean()).isTrue();
      assertThat(ready(bed).path("degraded").asString()).isEqualTo("head stalled");
      assertThat(ready(bed).path("headMillis").asLong()).isGreaterThan(120_000);
      assertThat(network(bed).path("headStalled").asBoolean()).isTrue();
      assertThat(scrape(bed).sum("jeth_head_stalled")).isEqualTo(1);
      assertThat(scrape(bed).sum("jeth_head_unchanged_seconds")).isGreaterThan(120);
      assertThat(bed.state(1)).isEqualTo("healthy");

      bed.world.mine();

      bed.gateway.await(() -> !ready(bed).has("degraded"), "the chain goes on");
    }
  }

  @Test
  void showsAProviderThatIsStuckWhileOthersGoOn() {
    FakeTicker ticker = new FakeTicker();
    try (FaultBed bed = followed(FaultBed.apart(3, 1).ticker(ticker))) {
      assertThat(bed.provider(1).path("headState").asString()).isEqualTo("current");

      for (int i = 0; i < 5; i++) {
        bed.u(2).world().mine();
        bed.u(3).world().mine();
      }
      bed.gateway.await(
          () -> bed.provider(1).path("headState").asString().equals("behind"), "one is behind");
      assertThat(scrape(bed).sum("jeth_provider_stuck")).isZero();
      bed.gateway.await(
          () -> {
            ticker.advanceMillis(500);
            return bed.provider(1).path("headState").asString().equals("stuck");
          },
          "one is stuck");

      assertThat(scrape(bed).sum("jeth_provider_stuck", "provider=\"u1\"")).isEqualTo(1);
      assertThat(scrape(bed).sum("jeth_provider_stuck", "provider=\"u2\"")).isZero();
      assertThat(scrape(bed).sum("jeth_head_stalled")).isZero();
    }
  }

  // What a provider holds.

  @Test
  void showsHowFarBackAProviderReachesAndWhatItDoesNotOffer() {
    try (FaultBed bed = followed(FaultBed.builder(1))) {
      assertThat(bed.provider(1).path("earliestBlocks").path("state").asString())
          .isEqualTo("unknown");
      bed.u(1)
          .on("eth_getBalance")
          .error(-32000, "missing trie node abcd (path ) state is not available");
      bed.u(1).on("eth_getProof").error(-32601, "the method eth_getProof does not exist");

      bed.client().call("eth_getBalance", "[\"" + FaultBed.ADDRESS + "\",\"0x10\"]");
      bed.client().call("eth_getProof", "[\"" + FaultBed.ADDRESS + "\",[],\"latest\"]");

      JsonNode provider = bed.provider(1);
      assertThat(provider.path("earliestBlocks").path("state").asLong()).isEqualTo(17);
      assertThat(provider.path("earliestBlocks").path("logs").asString()).isEqualTo("unknown");
      assertThat(provider.path("offers").path("proofs").asString()).isEqualTo("refused");
      assertThat(provider.path("offers").path("trace").asString()).isEqualTo("not refused");
      assertThat(provider.path("onChainUpTo").asLong()).isEqualTo(1_000);
    }
  }
}
