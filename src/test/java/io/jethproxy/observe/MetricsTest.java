package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.cache.Cache;
import io.jethproxy.cache.Coalesce;
import io.jethproxy.call.Journal;
import io.jethproxy.call.Outcome;
import io.jethproxy.call.Refusal;
import io.jethproxy.call.Trouble;
import io.jethproxy.chain.ChainLog;
import io.jethproxy.chain.View;
import io.jethproxy.rpc.Fault;
import io.jethproxy.subscribe.Numbers;
import io.jethproxy.verify.Aspect;
import io.jethproxy.verify.Profile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTest {

  private static final List<String> STATES = List.of("healthy", "ejected", "fenced");

  private final AtomicLong dropped = new AtomicLong(7);
  private final Metrics metrics =
      new Metrics(
          "1.2.3", STATES, Set.of("eth_call", "eth_chainId")::contains, () -> dropped.get());

  @AfterEach
  void close() {
    metrics.close();
  }

  private Exposition scrape() {
    return Exposition.parse(metrics.scrape());
  }

  @Test
  void countsCallsByNetworkMethodAndOutcome() {
    metrics.concluded(Calls.answered("eth_call", "a1", 5, Calls.served("a1", 4)));
    metrics.concluded(Calls.answered("eth_call", "a1", 5, Calls.served("a1", 4)));
    metrics.concluded(
        Calls.concluded("eth_call", new Outcome.Rejected(new Fault(3, "reverted"), "a1"), 1));
    metrics.concluded(Calls.refused(Refusal.Kind.NO_PROVIDER));
    metrics.declined(Refusal.Kind.PARSE_ERROR);

    Exposition scraped = scrape();
    String call = "jeth_requests_total{method_group=\"eth_call\",network=\"mainnet\",outcome=";
    assertThat(scraped.value(call + "\"ok\"}")).isEqualTo(2);
    assertThat(scraped.value(call + "\"rejected\"}")).isEqualTo(1);
    assertThat(scraped.value(call + "\"no_provider\"}")).isEqualTo(1);
    assertThat(
            scraped.value(
                "jeth_requests_total{method_group=\"none\",network=\"none\","
                    + "outcome=\"parse_error\"}"))
        .isEqualTo(1);
  }

  @Test
  void countsACallWhoseClientLeftAsAbandoned() {
    Concluded concluded = Calls.answered("eth_call", "a1", 5);
    concluded.call().abandonment().declare();

    metrics.concluded(concluded);

    assertThat(metrics.scrape()).contains("outcome=\"abandoned\"").doesNotContain("outcome=\"ok\"");
  }

  @Test
  void putsDurationsIntoBucketsFromOneMillisecondToOneMinute() {
    metrics.concluded(Calls.answered("eth_chainId", "AnswerLocally", 0));
    metrics.concluded(Calls.answered("eth_call", "a1", 5, Calls.served("a1", 4)));
    metrics.concluded(Calls.answered("eth_call", "a1", 59_000, Calls.served("a1", 58_000)));
    metrics.concluded(Calls.answered("eth_call", "a1", 61_000, Calls.served("a1", 60_500)));

    Exposition scraped = scrape();
    String bucket = "jeth_request_duration_seconds_bucket{network=\"mainnet\",served_by=";
    assertThat(scraped.value(bucket + "\"local\",le=\"0.001\"}")).isEqualTo(1);
    assertThat(scraped.value(bucket + "\"provider\",le=\"0.0025\"}")).isZero();
    assertThat(scraped.value(bucket + "\"provider\",le=\"0.005\"}")).isEqualTo(1);
    assertThat(scraped.value(bucket + "\"provider\",le=\"60.0\"}")).isEqualTo(2);
    assertThat(scraped.value(bucket + "\"provider\",le=\"+Inf\"}")).isEqualTo(3);
    assertThat(
            scraped.value(
                "jeth_attempt_duration_seconds_bucket{network=\"mainnet\",provider=\"a1\","
                    + "le=\"0.005\"}"))
        .isEqualTo(1);
    assertThat(scraped.type("jeth_request_duration_seconds")).isEqualTo("histogram");
    assertThat(scraped.type("jeth_attempt_duration_seconds")).isEqualTo("histogram");
  }

  @Test
  void tellsWhoServed() {
    metrics.concluded(Calls.answered("eth_call", "a1", 1, Calls.served("a1", 1)));
    metrics.concluded(Calls.answered("eth_call", "a1", 1)); // asked by another call
    metrics.concluded(Calls.answered("eth_call", "Cache", 1));
    metrics.concluded(Calls.answered("eth_chainId", "AnswerLocally", 1));
    metrics.concluded(Calls.answered("eth_getLogs", "chain", 1));
    metrics.concluded(Calls.refused(Refusal.Kind.TIMEOUT));

    Exposition scraped = scrape();
    for (String servedBy : List.of("provider", "shared", "cache", "chain", "local", "none")) {
      assertThat(
              scraped.value(
                  "jeth_request_duration_seconds_count{network=\"mainnet\",served_by=\""
                      + servedBy
                      + "\"}"))
          .as(servedBy)
          .isEqualTo(1);
    }
  }

  @Test
  void countsAttemptsByResultAndHedges() {
    Concluded concluded =
        Calls.answered(
            "eth_call",
            "b1",
            9,
            Calls.failed("a1", Trouble.TIMEOUT, 5_000),
            new Journal.Entry("b1", null, 2 * Calls.MILLI, true));
    concluded.call().journal().hedged();

    metrics.concluded(concluded);

    Exposition scraped = scrape();
    String attempts = "jeth_attempts_total{network=\"mainnet\",provider=";
    assertThat(scraped.value(attempts + "\"a1\",result=\"timeout\"}")).isEqualTo(1);
    assertThat(scraped.value(attempts + "\"b1\",result=\"ok\"}")).isEqualTo(1);
    assertThat(scraped.value("jeth_hedges_total{network=\"mainnet\"}")).isEqualTo(1);
  }

  @Test
  void readsStatesWhenScrapedAndForgetsProvidersThatAreGone() {
    metrics.read(
        readings(
            new Readings.Provider(
                "mainnet", "a1", "ejected", OptionalLong.of(100), OptionalLong.of(2), 3, true),
            new Readings.Provider(
                "mainnet", "b1", "healthy", OptionalLong.empty(), OptionalLong.empty(), 0, false)));

    Exposition scraped = scrape();
    String labels = "{network=\"mainnet\",provider=\"a1\"";
    assertThat(scraped.value("jeth_provider_state" + labels + ",state=\"ejected\"}")).isEqualTo(1);
    assertThat(scraped.value("jeth_provider_state" + labels + ",state=\"healthy\"}")).isZero();
    assertThat(scraped.value("jeth_provider_head" + labels + "}")).isEqualTo(100);
    assertThat(scraped.value("jeth_provider_lag_blocks" + labels + "}")).isEqualTo(2);
    assertThat(scraped.value("jeth_provider_in_flight" + labels + "}")).isEqualTo(3);
    assertThat(scraped.value("jeth_provider_stuck" + labels + "}")).isEqualTo(1);
    assertThat(scraped.value("jeth_head{network=\"mainnet\"}")).isEqualTo(102);
    assertThat(scraped.value("jeth_http_connections")).isEqualTo(11);
    assertThat(metrics.scrape())
        .contains("jeth_provider_in_flight{network=\"mainnet\",provider=\"b1\"} 0")
        .doesNotContain("jeth_provider_head{network=\"mainnet\",provider=\"b1\"}");

    assertThat(metrics.scrape())
        .contains("jeth_provider_unidentified{cause=\"auth\",provider=\"a9\"} 1");

    metrics.read(Readings.NOTHING);
    assertThat(metrics.scrape()).doesNotContain("provider=\"a1\"").doesNotContain("a9");
  }

  @Test
  void readsChainsChecksAndAnswersKeptWhenScraped() {
    metrics.read(readings());

    Exposition scraped = scrape();
    String network = "{network=\"mainnet\"}";
    assertThat(scraped.value("jeth_head_unchanged_seconds" + network)).isEqualTo(90.5);
    assertThat(scraped.value("jeth_head_stalled" + network)).isEqualTo(1);
    assertThat(scraped.value("jeth_chain_groups_needed" + network)).isEqualTo(2);
    assertThat(scraped.value("jeth_chain_groups_present" + network)).isEqualTo(3);
    assertThat(scraped.value("jeth_chain_split" + network)).isEqualTo(1);
    assertThat(scraped.value("jeth_chain_reorgs_total" + network)).isEqualTo(4);
    assertThat(scraped.value("jeth_chain_orphaned_blocks_total" + network)).isEqualTo(9);
    assertThat(scraped.value("jeth_chain_reorg_depth_max" + network)).isEqualTo(5);
    assertThat(scraped.value("jeth_chain_breaks_total" + network)).isEqualTo(1);
    assertThat(scraped.value("jeth_chain_refused_blocks_total" + network)).isEqualTo(6);
    String profile = "jeth_verify_profile{aspect=\"receipts_root\",network=\"mainnet\",state=";
    assertThat(scraped.value(profile + "\"off\"}")).isEqualTo(1);
    assertThat(scraped.value(profile + "\"on\"}")).isZero();
    assertThat(
            scraped.value(
                "jeth_following_requests_total{method=\"eth_blockNumber\",network=\"mainnet\","
                    + "provider=\"a1\"}"))
        .isEqualTo(17);
    assertThat(
            scraped.value(
                "jeth_listening_requests_total{method=\"eth_getLogs\",network=\"mainnet\","
                    + "provider=\"a1\"}"))
        .isEqualTo(5);
    assertThat(
            scraped.value(
                "jeth_survey_requests_total{method=\"eth_getBalance\",network=\"mainnet\","
                    + "provider=\"a1\"}"))
        .isEqualTo(6);
    assertThat(scraped.value("jeth_own_transactions")).isEqualTo(13);
    assertThat(scraped.value("jeth_subscriptions{kind=\"logs\",network=\"mainnet\"}")).isEqualTo(3);
    assertThat(scraped.value("jeth_notifications_total{network=\"mainnet\"}")).isEqualTo(7);
    assertThat(scraped.value("jeth_subscription_logs_waiting{network=\"mainnet\"}")).isEqualTo(1);
    String logs = "{kind=\"logs\",network=\"mainnet\"";
    String fanOut = "jeth_subscription_fanout_seconds";
    assertThat(scraped.value(fanOut + "_bucket" + logs + ",le=\"0.005\"}")).isEqualTo(3);
    assertThat(scraped.value(fanOut + "_bucket" + logs + ",le=\"0.1\"}")).isEqualTo(5);
    assertThat(scraped.value(fanOut + "_bucket" + logs + ",le=\"+Inf\"}")).isEqualTo(6);
    assertThat(scraped.value(fanOut + "_count" + logs + "}")).isEqualTo(6);
    assertThat(scraped.value(fanOut + "_sum" + logs + "}")).isEqualTo(0.7);
    assertThat(scraped.value(fanOut + "_max" + logs + "}")).isEqualTo(0.5);
  }

  @Test
  void readsWhatTheCacheDidByMethodWhenScraped() {
    metrics.read(readings());

    Exposition scraped = scrape();
    String call = "{method=\"eth_call\"";
    assertThat(scraped.value("jeth_cache_hits_total" + call + "}")).isEqualTo(5);
    assertThat(scraped.value("jeth_cache_misses_total" + call + "}")).isEqualTo(4);
    assertThat(scraped.value("jeth_cache_stores_total" + call + "}")).isEqualTo(3);
    assertThat(scraped.value("jeth_cache_evictions_total" + call + "}")).isEqualTo(2);
    assertThat(scraped.value("jeth_cache_bytes" + call + "}")).isEqualTo(900);
    assertThat(scraped.value("jeth_cache_not_cached_total" + call + ",reason=\"method\"}"))
        .isEqualTo(7);
    assertThat(scraped.value("jeth_cache_entries")).isEqualTo(3);
    assertThat(scraped.value("jeth_cache_bytes_max")).isEqualTo(1_024);
    assertThat(scraped.value("jeth_coalesced_calls_total{role=\"leader\"}")).isEqualTo(10);
    assertThat(scraped.value("jeth_coalesced_calls_total{role=\"waiter\"}")).isEqualTo(20);
    assertThat(scraped.value("jeth_coalesced_calls_total{role=\"alone\"}")).isEqualTo(2);
    assertThat(scraped.value("jeth_coalesce_retries_total")).isEqualTo(1);
    assertThat(scraped.value("jeth_coalesce_trips")).isEqualTo(4);
  }

  @Test
  void countsAnswersThatACheckRefusedByProviderAndMethod() {
    metrics.concluded(
        Calls.answered(
            "eth_call",
            "b1",
            5,
            new Journal.Entry("a1", Trouble.WRONG_ANSWER, 4, false),
            Calls.served("b1", 4)));

    String failures = "jeth_verify_failures_total{method_group=\"eth_call\",network=\"mainnet\",";
    assertThat(scrape().value(failures + "provider=\"a1\"}")).isEqualTo(1);
    assertThat(metrics.scrape()).containsOnlyOnce("jeth_verify_failures_total{");
  }

  @Test
  void survivesTwoProvidersOfOneName() {
    Readings.Provider twin =
        new Readings.Provider(
            "mainnet", "a1", "healthy", OptionalLong.of(1), OptionalLong.empty(), 0, false);
    metrics.read(readings(twin, twin));

    assertThat(metrics.scrape()).containsOnlyOnce("jeth_provider_head{");
  }

  @Test
  void saysWhatIsRunningAndHowManyLogLinesWereDropped() {
    System.gc(); // the registry must not lose the supplier
    dropped.set(9);

    Exposition scraped = scrape();
    assertThat(scraped.value("jeth_log_dropped_total")).isEqualTo(9);
    assertThat(
            scraped.value("jeth_build_info{java=\"" + Runtime.version() + "\",version=\"1.2.3\"}"))
        .isEqualTo(1);
  }

  @Test
  void keepsTheNumberOfSeriesForAMillionUnknownMethods() {
    metrics.concluded(Calls.answered("eth_call", "a1", 1, Calls.served("a1", 1)));
    int before = scrape().samples().size();

    for (int i = 0; i < 1_000_000; i++) {
      metrics.concluded(Calls.answered("eth_random" + i, "a1", 1, Calls.served("a1", 1)));
    }

    assertThat(scrape().samples()).hasSizeLessThanOrEqualTo(before + 1);
    assertThat(
            scrape()
                .value(
                    "jeth_requests_total{method_group=\"other\",network=\"mainnet\","
                        + "outcome=\"ok\"}"))
        .isEqualTo(1_000_000);
  }

  @Test
  void namesTheJvmsNumbersAsEverybodyDoes() {
    metrics.watchJvm();
    metrics.watchJvm();

    Exposition scraped = scrape();
    Stream.of(
            "jvm_memory_used_bytes",
            "jvm_threads_live_threads",
            "process_cpu_usage",
            "process_uptime_seconds",
            "process_files_open_files")
        .forEach(name -> assertThat(scraped.type(name)).as(name).isEqualTo("gauge"));
  }

  @Test
  void keepsOddCharactersOfProviderIdsInsideTheirLabel() {
    metrics.concluded(Calls.answered("eth_call", "x", 1, Calls.served("a\"\\\n1", 1)));

    assertThat(scrape().samples().keySet()).anyMatch(series -> series.contains("a\\\"\\\\\\n1"));
  }

  private static Readings readings(Readings.Provider... providers) {
    return new Readings() {
      @Override
      public List<Provider> providers() {
        return List.of(providers);
      }

      @Override
      public List<Unidentified> unidentified() {
        return List.of(new Unidentified("a9", "auth"));
      }

      @Override
      public List<Network> networks() {
        return List.of(
            new Network("mainnet", OptionalLong.of(102), 90_500, true),
            new Network("base", OptionalLong.empty(), 0, false));
      }

      @Override
      public List<Chain> chains() {
        return List.of(
            new Chain(
                "mainnet",
                View.UNKNOWN,
                new ChainLog.Quorum(2, 3),
                true,
                new ChainCounts.Counts(4, 9, 5, 1, 6)));
      }

      @Override
      public List<Verification> verifications() {
        return List.of(
            new Verification("mainnet", Map.of(Aspect.RECEIPTS_ROOT, Profile.State.OFF)));
      }

      @Override
      public Optional<Caching> cache() {
        return Optional.of(
            new Caching(
                3,
                1_024,
                List.of(
                    new Cache.MethodUsage(
                        "eth_call", 5, 4, 3, 2, 900, Map.of("method", 7L, "null", 8L)))));
      }

      @Override
      public Optional<Coalescing> coalescing() {
        return Optional.of(new Coalescing(new Coalesce.Counts(10, 20, 1, 2), 4));
      }

      @Override
      public List<Asked> following() {
        return List.of(new Asked("mainnet", "a1", "eth_blockNumber", 17));
      }

      @Override
      public List<Asked> listening() {
        return List.of(new Asked("mainnet", "a1", "eth_getLogs", 5));
      }

      @Override
      public List<Asked> surveys() {
        return List.of(new Asked("mainnet", "a1", "eth_getBalance", 6));
      }

      @Override
      public List<Socket> sockets() {
        return List.of();
      }

      @Override
      public List<Numbers> subscriptions() {
        return List.of(
            new Numbers(
                "mainnet",
                Map.of("logs", 3),
                7,
                1,
                true,
                List.of(
                    new Numbers.FanOut(
                        "logs",
                        List.of(5_000_000L, 100_000_000L),
                        List.of(3L, 2L, 1L),
                        700_000_000,
                        4_000_000,
                        500_000_000))));
      }

      @Override
      public int ownTransactions() {
        return 13;
      }

      @Override
      public int httpConnections() {
        return 11;
      }

      @Override
      public WebSockets webSockets() {
        return new WebSockets(3, 12, 14, Map.of("slow", 2L));
      }
    };
  }
}
