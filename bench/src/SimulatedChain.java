import io.jethproxy.eth.Header;
import io.jethproxy.eth.HeaderField;
import io.jethproxy.eth.Trie;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * A chain of empty blocks that is a function of the wall clock: one every 12 s, linked by real
 * header hashes, so all instances with the same first block agree without talking to each other.
 * What is older than that block stands alone. Used by one thread.
 */
final class SimulatedChain {
  /** Enough below the head that a gateway finds all that it keeps linked. */
  static final int BLOCKS_AT_START = 512;

  private static final int BLOCK_SECONDS = 12;
  private static final int SAFE_DEPTH = 32;
  private static final int FINALIZED_DEPTH = 64;
  private static final int RECENT_DEPTH = 8;
  private static final int KEPT_MAX = 100_000;

  private final long first;
  private final Map<Long, String> byNumber = new HashMap<>();
  private final Map<String, Long> numbers = new HashMap<>();
  private byte[] lastHash = new byte[32];
  private long next;

  /** {@code first}: the number of the first linked block. */
  SimulatedChain(long first) {
    this.first = first;
    this.next = first;
    head();
  }

  /** The first linked block of a chain for a run that starts now. */
  static long firstNow() {
    return clock() - BLOCKS_AT_START;
  }

  /** A block that is near the head, and for some minutes. */
  static long recent() {
    return clock() - RECENT_DEPTH;
  }

  private static long clock() {
    return System.currentTimeMillis() / 1000 / BLOCK_SECONDS;
  }

  /** Number of the newest block. */
  long head() {
    for (long now = Math.min(clock(), first + KEPT_MAX); next <= now; next++) {
      Header header = header(next, lastHash);
      lastHash = header.hash().bytes();
      byNumber.put(next, json(header));
      numbers.put(header.hash().toString(), next);
    }
    return next - 1;
  }

  /** The block that the text names, as JSON: a number, a tag or a hash. */
  String block(String name) {
    long head = head();
    long number =
        switch (name) {
          case "safe" -> head - SAFE_DEPTH;
          case "finalized" -> head - FINALIZED_DEPTH;
          case "earliest" -> 0;
          default -> name.length() == 66 ? numbers.getOrDefault(name, -1L) : number(name, head);
        };
    if (number < 0 || number > head) {
      return "null";
    }
    return number < first ? json(header(number, new byte[32])) : byNumber.get(number);
  }

  private static long number(String name, long head) {
    return name.startsWith("0x") ? Long.parseLong(name, 2, name.length(), 16) : head;
  }

  private static Header header(long number, byte[] parent) {
    Map<HeaderField, byte[]> fields = new EnumMap<>(HeaderField.class);
    for (HeaderField field : HeaderField.values()) {
      fields.put(field, field.isQuantity() ? new byte[1] : new byte[32]);
    }
    fields.put(HeaderField.PARENT_HASH, parent);
    fields.put(HeaderField.UNCLES_HASH, Header.NO_UNCLES.bytes());
    fields.put(HeaderField.MINER, new byte[20]);
    fields.put(HeaderField.TRANSACTIONS_ROOT, Trie.EMPTY_ROOT.bytes());
    fields.put(HeaderField.RECEIPTS_ROOT, Trie.EMPTY_ROOT.bytes());
    fields.put(HeaderField.WITHDRAWALS_ROOT, Trie.EMPTY_ROOT.bytes());
    fields.put(HeaderField.LOGS_BLOOM, new byte[256]);
    fields.put(HeaderField.NONCE, new byte[8]);
    fields.put(HeaderField.EXTRA_DATA, new byte[0]);
    fields.put(HeaderField.NUMBER, BigInteger.valueOf(number).toByteArray());
    fields.put(
        HeaderField.TIMESTAMP, BigInteger.valueOf(number * BLOCK_SECONDS).toByteArray());
    fields.put(HeaderField.GAS_LIMIT, BigInteger.valueOf(36_000_000).toByteArray());
    fields.put(HeaderField.BASE_FEE, BigInteger.valueOf(7).toByteArray());
    return Header.of(fields);
  }

  private static String json(Header header) {
    StringBuilder json = new StringBuilder("{\"hash\":\"").append(header.hash()).append('"');
    for (HeaderField field : HeaderField.values()) {
      json.append(",\"").append(field.key()).append("\":\"");
      json.append(header.text(field)).append('"');
    }
    return json.append(",\"size\":\"0x220\",\"uncles\":[],\"transactions\":[],\"withdrawals\":[]}")
        .toString();
  }
}
