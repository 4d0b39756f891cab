package io.jethproxy.observe;

import io.jethproxy.chain.Block;
import io.jethproxy.chain.BlockReceipts;
import io.jethproxy.chain.View;
import io.jethproxy.eth.Head;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What is kept of each chain, and how it moved, at each scrape. */
final class ChainGauges implements MultiCollector {

  private final Supplier<Readings> readings;

  ChainGauges(Supplier<Readings> readings) {
    this.readings = readings;
  }

  @Override
  public MetricSnapshots collect() {
    Family heads =
        Family.gauge("jeth_chain_head", "Number of the newest, safe and finalized block");
    Family kept = Family.gauge("jeth_chain_blocks", "Blocks that are kept of the chain");
    Family verified =
        Family.gauge("jeth_chain_blocks_verified", "Kept blocks whose hash was recomputed");
    Family full =
        Family.gauge("jeth_chain_blocks_with_receipts", "Kept blocks with all their receipts");
    Family bytes = Family.gauge("jeth_chain_bytes", "Memory that the kept blocks take");
    Family receipts =
        Family.gauge("jeth_chain_receipt_bytes", "Memory that the kept receipts take");
    Family needed =
        Family.gauge("jeth_chain_groups_needed", "Provider groups that must show a new head");
    Family present =
        Family.gauge("jeth_chain_groups_present", "Provider groups that show the chain now");
    Family split =
        Family.gauge(
            "jeth_chain_split",
            "1 while providers disagree about the block after the head, else 0");
    for (Readings.Chain chain : readings.get().chains()) {
      View view = chain.view();
      String network = chain.network();
      number(heads, network, "latest", view.tip().map(Block::head));
      number(heads, network, "safe", view.safe());
      number(heads, network, "finalized", view.finalized());
      kept.add(view.blocks().size(), "network", network);
      verified.add(view.blocks().stream().filter(Block::isVerified).count(), "network", network);
      full.add(
          view.blocks().stream().filter(block -> block.receipts().isPresent()).count(),
          "network",
          network);
      bytes.add(view.blocks().stream().mapToLong(Block::bytes).sum(), "network", network);
      receipts.add(receiptBytes(view), "network", network);
      needed.add(chain.quorum().needed(), "network", network);
      present.add(chain.quorum().present(), "network", network);
      split.add(chain.isSplit() ? 1 : 0, "network", network);
    }
    return Family.snapshots(
        Stream.concat(
            Stream.of(heads, kept, verified, full, bytes, receipts, needed, present, split),
            Stream.concat(moves(), Stream.of(following(), listening(), surveys()))));
  }

  private Stream<Family> moves() {
    Family reorgs = Family.counter("jeth_chain_reorgs", "How often blocks were replaced by others");
    Family orphaned =
        Family.counter("jeth_chain_orphaned_blocks", "Blocks that were replaced by others");
    Family deepest =
        Family.gauge("jeth_chain_reorg_depth_max", "The most blocks that were replaced at once");
    Family breaks =
        Family.counter(
            "jeth_chain_breaks", "How often a new head could not be linked to what was known");
    Family refused =
        Family.counter(
            "jeth_chain_refused_blocks",
            "Blocks of providers that do not have the hash that was said, or are too large");
    for (Readings.Chain chain : readings.get().chains()) {
      ChainCounts.Counts counts = chain.counts();
      reorgs.add(counts.reorgs(), "network", chain.network());
      orphaned.add(counts.orphaned(), "network", chain.network());
      deepest.add(counts.deepest(), "network", chain.network());
      breaks.add(counts.breaks(), "network", chain.network());
      refused.add(counts.refused(), "network", chain.network());
    }
    return Stream.of(reorgs, orphaned, deepest, breaks, refused);
  }

  private Family following() {
    return asked(
        Family.counter("jeth_following_requests", "Questions to providers to follow their chains"),
        readings.get().following());
  }

  private Family listening() {
    return asked(
        Family.counter(
            "jeth_listening_requests", "Questions to providers for those who listen or poll"),
        readings.get().listening());
  }

  private Family surveys() {
    return asked(
        Family.counter(
            "jeth_survey_requests", "Questions to providers to find out what they keep and offer"),
        readings.get().surveys());
  }

  private static Family asked(Family asked, List<Readings.Asked> questions) {
    for (Readings.Asked each : questions) {
      asked.add(
          each.count(),
          "network",
          each.network(),
          "provider",
          each.provider(),
          "method",
          each.method());
    }
    return asked;
  }

  private static void number(Family heads, String network, String tag, Optional<Head> head) {
    head.ifPresent(known -> heads.add(known.number(), "network", network, "tag", tag));
  }

  private static long receiptBytes(View view) {
    return view.blocks().stream()
        .flatMap(block -> block.receipts().stream())
        .mapToLong(BlockReceipts::bytes)
        .sum();
  }
}
