package io.jethproxy.subscribe;

import io.jethproxy.chain.Block;
import io.jethproxy.eth.BlockRef;
import io.jethproxy.eth.BlockRef.Tag;
import io.jethproxy.eth.BlockRefs;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.LogFilter;
import io.jethproxy.eth.MethodSpec;
import io.jethproxy.eth.Slices;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;

/**
 * Which logs a client wants to be told of, with the meaning that geth gives to the object of {@code
 * eth_newFilter}: the blocks bound what is told of new ones, and both ends are the newest block if
 * nothing else is said.
 *
 * @param filter addresses and topics
 * @param key the same for the same addresses and topics
 * @param from the first block, 0 or more
 * @param to the last block
 * @param params {@code [object]} as it came, for {@code eth_getLogs}
 */
record LogCriteria(LogFilter filter, Hash key, long from, long to, RawJson params) {

  private static final long UNBOUNDED = Long.MAX_VALUE;

  /** In memory, for each byte of the object; the rest is small. */
  private static final int BYTES_PER_BYTE = 4;

  private static final int BYTES_MIN = 512;

  /**
   * Reads the params of {@code eth_newFilter}; empty when they are none.
   *
   * @param getLogs how {@code eth_getLogs} names blocks
   */
  static Optional<LogCriteria> read(RawJson params, MethodSpec getLogs) {
    RawJson object = Slices.element(params, 0);
    if (object.first() != '{') {
      return Optional.empty();
    }
    Optional<LogFilter> filter = LogFilter.read(object);
    return filter.flatMap(read ->
        switch (BlockRefs.of(getLogs, params)) {
          case BlockRef.ByHash _ -> Optional.of(make(read, 0, UNBOUNDED, object));
          case BlockRef.Range(var from, var to) -> ranged(read, from, to, object);
          case BlockRef.Number _, Tag _, BlockRef.None _ -> Optional.empty();
        });
  }

  private static Optional<LogCriteria> ranged(
      LogFilter filter, BlockRef from, BlockRef to, RawJson object) {
    boolean isNew = from.equals(BlockRef.LATEST);
    long first = isNew ? 0 : number(from);
    long last = to.equals(BlockRef.LATEST) ? UNBOUNDED : number(to);
    boolean isPossible = first >= 0 && last >= first && !(isNew && last != UNBOUNDED);
    return isPossible ? Optional.of(make(filter, first, last, object)) : Optional.empty();
  }

  /** Negative for what geth does not take either. */
  private static long number(BlockRef ref) {
    return switch (ref) {
      case BlockRef.Number(var number) -> number;
      case Tag(var kind) -> kind == Tag.Kind.EARLIEST ? 0 : -1;
      case BlockRef.ByHash _, BlockRef.Range _, BlockRef.None _ -> -1;
    };
  }

  /** With bytes of its own, so that it does not keep the whole request. */
  private static LogCriteria make(LogFilter filter, long from, long to, RawJson object) {
    byte[] bytes = new byte[object.length() + 2];
    bytes[0] = '[';
    System.arraycopy(object.bytes(), object.from(), bytes, 1, object.length());
    bytes[bytes.length - 1] = ']';
    return new LogCriteria(filter, filter.key(), from, to, new RawJson(bytes, 0, bytes.length));
  }

  /** Whether a block is among those that are wanted. */
  boolean covers(Block block) {
    return block.number() >= from && block.number() <= to;
  }

  /** Bytes that it keeps in memory, roughly. */
  long bytes() {
    return BYTES_MIN + (long) BYTES_PER_BYTE * params.length();
  }
}
