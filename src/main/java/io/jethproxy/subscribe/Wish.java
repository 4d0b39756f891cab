package io.jethproxy.subscribe;

import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a client asks {@code eth_subscribe} for.
 *
 * @param subject what it wants to be told
 * @param start from where on
 */
record Wish(Subject subject, Start start) {

  /** From where on a client wants to be told. */
  sealed interface Start {

    /** From the newest block on. */
    record Now() implements Start {}

    /** From this block on, which included. */
    record From(long number) implements Start {}

    /**
     * From where it was cut off.
     *
     * @param hash of the last block that it was told of
     * @param logIndex of the last log of it that it was told; {@link Position#ALL_LOGS} for all
     * @param first the lowest block that it was told of; 0 when it does not say
     */
    record After(Hash hash, long logIndex, long first) implements Start {}
  }

  /** What came of reading one. */
  sealed interface Read {

    record Understood(Wish wish) implements Read {}

    /**
     * @param why what came and what was wanted
     */
    record Misunderstood(String why) implements Read {}
  }

  private static final RawJson NOTHING = RawJson.of("{}");

  /**
   * Reads the params of {@code eth_subscribe}.
   *
   * @param getLogs how {@code eth_getLogs} names blocks
   */
  static Read read(RawJson params, MethodSpec getLogs) {
    String name = Slices.content(Slices.element(params, 0)).text();
    RawJson option = Slices.element(params, 1);
    return switch (name) {
      case "newHeads" -> heads(option);
      case "logs" -> logs(option, getLogs);
      case "newPendingTransactions" -> pending(option);
      case "syncing" -> understood(new Subject.Syncing(), new Start.Now());
      default ->
          misunderstood(
              "subscription: not known (expected: newHeads, logs, newPendingTransactions or"
                  + " syncing)");
    };
  }

  private static Read heads(RawJson option) {
    Options options = Options.of(option);
    if (!options.isUnderstood() || options.hasFilter()) {
      return misunderstood("newHeads: option not understood (expected: fromBlock or resume)");
    }
    return start(options)
        .map(start -> understood(new Subject.Heads(), start))
        .orElseGet(Wish::badStart);
  }

  private static Read logs(RawJson option, MethodSpec getLogs) {
    Options options = Options.of(option);
    Optional<LogCriteria> criteria =
        options.isUnderstood()
            ? LogCriteria.read(options.filterParams(), getLogs)
            : Optional.empty();
    if (criteria.isEmpty()) {
      return misunderstood(
          "logs: filter not understood (expected: address, topics, fromBlock, toBlock as geth has"
              + " them, and resume)");
    }
    return start(options)
        .map(start -> understood(new Subject.Logs(criteria.get()), start))
        .orElseGet(Wish::badStart);
  }

  private static Read pending(RawJson option) {
    if (option.isAbsent() || option.isNull() || option.is("false")) {
      return understood(new Subject.Pending(Subject.Detail.HASH), new Start.Now());
    }
    return option.is("true")
        ? understood(new Subject.Pending(Subject.Detail.FULL), new Start.Now())
        : misunderstood("newPendingTransactions: option not understood (expected: true or false)");
  }

  /** Empty when it says where to begin in a way that is not understood. */
  private static Optional<Start> start(Options options) {
    long from = number(options.fromBlock);
    if (!isGiven(options.resume)) {
      return !isGiven(options.fromBlock) || Slices.content(options.fromBlock).is("latest")
          ? Optional.of(new Start.Now())
          : Optional.of(from).filter(number -> number >= 0).map(Start.From::new);
    }
    Optional<Hash> hash = Slices.hash(Slices.member(options.resume, "blockHash"));
    long logIndex = quantity(Slices.member(options.resume, "logIndex"), Position.ALL_LOGS);
    long first = quantity(Slices.member(options.resume, "fromBlock"), 0);
    return hash.filter(_ -> logIndex >= 0 && first >= 0)
        .filter(_ -> from >= 0 || !isGiven(options.fromBlock))
        .map(known -> new Start.After(known, logIndex, Math.max(first, from)));
  }

  private static long quantity(RawJson value, long otherwise) {
    return isGiven(value) ? Slices.quantity(value) : otherwise;
  }

  private static long number(RawJson value) {
    return Slices.content(value).is(BlockRef.Tag.Kind.EARLIEST.text())
        ? 0
        : isGiven(value) ? Slices.quantity(value) : Hex.NO_QUANTITY;
  }

  private static boolean isGiven(RawJson value) {
    return !value.isAbsent() && !value.isNull();
  }

  private static Read badStart() {
    return misunderstood(
        "start: not understood (expected: fromBlock as a number, or resume with blockHash and"
            + " perhaps logIndex)");
  }

  private static Read understood(Subject subject, Start start) {
    return new Read.Understood(new Wish(subject, start));
  }

  private static Read misunderstood(String why) {
    return new Read.Misunderstood(why);
  }

  /** The members of the object. */
  private static final class Options implements Slices.Members {
    private final StringBuilder filter = new StringBuilder();
    private RawJson fromBlock = RawJson.ABSENT;
    private RawJson resume = RawJson.ABSENT;
    private boolean hasFilter;
    private boolean understood = true;

    static Options of(RawJson option) {
      Options options = new Options();
      RawJson object = isGiven(option) ? option : NOTHING;
      if (object.first() == '{') {
        Slices.members(object, options);
      } else {
        options.understood = false;
      }
      return options;
    }

    @Override
    public void see(RawJson key, RawJson value) {
      if (key.is("resume")) {
        understood &= resume.isAbsent() && value.first() == '{';
        resume = value;
        return;
      }
      if (key.is("fromBlock")) {
        understood &= fromBlock.isAbsent();
        fromBlock = value;
      } else {
        hasFilter = true;
      }
      filter
          .append(filter.isEmpty() ? "" : ",")
          .append('"')
          .append(key.text())
          .append("\":")
          .append(value.text());
    }

    boolean isUnderstood() {
      return understood;
    }

    boolean hasFilter() {
      return hasFilter;
    }

    /** The filter as {@code eth_getLogs} takes it. */
    RawJson filterParams() {
      byte[] bytes = ("[{" + filter + "}]").getBytes(StandardCharsets.UTF_8);
      return new RawJson(bytes, 0, bytes.length);
    }
  }
}
