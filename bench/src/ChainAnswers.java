import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What a simulated provider says: the part of a JSON-RPC response that follows the id. The chain is
 * a function of the wall clock (a block every 12 s), so all instances agree without talking to each
 * other. Hashes are linked, but are not real header hashes.
 */
final class ChainAnswers {
  /** The block of {@code eth_getLogs}: long ago, so no proxy can take it for news. */
  static final long LOGS_BLOCK = 0x1000000;

  static final String LOGS_ADDRESS = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
  static final String LOGS_TOPIC =
      "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

  private static final int LOGS_BYTES_MIN = 100_000;
  private static final int BLOCK_SECONDS = 12;

  private final ByteBuf small = fixed(",\"result\":\"0x1234567\"}");
  private final ByteBuf logs = fixed(logs());
  private final ByteBuf chainId = fixed(",\"result\":\"0x1\"}");
  private final ByteBuf notSyncing = fixed(",\"result\":false}");
  private final ByteBuf netVersion = fixed(",\"result\":\"1\"}");
  private final ByteBuf clientVersion = fixed(",\"result\":\"bench/1\"}");

  /** A buffer that the caller releases; the bytes of fixed answers are shared, never copied. */
  ByteBuf tailFor(RequestScan asked) {
    return switch (asked.method()) {
      case "eth_getLogs" -> logs.retainedDuplicate();
      case "eth_chainId" -> chainId.retainedDuplicate();
      case "eth_syncing" -> notSyncing.retainedDuplicate();
      case "net_version" -> netVersion.retainedDuplicate();
      case "web3_clientVersion" -> clientVersion.retainedDuplicate();
      case "eth_blockNumber" -> text(",\"result\":\"0x" + Long.toHexString(head()) + "\"}");
      case "eth_getBlockByNumber" ->
          text(",\"result\":" + block(numberOf(asked.firstParam())) + "}");
      default -> small.retainedDuplicate();
    };
  }

  private static long head() {
    return System.currentTimeMillis() / 1000 / BLOCK_SECONDS;
  }

  private static long numberOf(String param) {
    return switch (param) {
      case "safe" -> head() - 32;
      case "finalized" -> head() - 64;
      case "earliest" -> 0;
      default -> param.startsWith("0x") ? Long.parseLong(param, 2, param.length(), 16) : head();
    };
  }

  private static String block(long number) {
    String zero = hash(0);
    return """
    {"number":"0x%x","hash":"%s","parentHash":"%s","timestamp":"0x%x","nonce":"0x0000000000000000",\
    "sha3Uncles":"%s","logsBloom":"0x%s","transactionsRoot":"%s","stateRoot":"%s","receiptsRoot":"%s",\
    "miner":"0x%s","difficulty":"0x0","extraData":"0x","size":"0x220","gasLimit":"0x2255100","gasUsed":"0x0",\
    "baseFeePerGas":"0x7","mixHash":"%s","transactions":[],"uncles":[]}\
    """
        .formatted(
            number,
            hash(number),
            hash(number - 1),
            number * BLOCK_SECONDS,
            zero,
            "0".repeat(512),
            zero,
            zero,
            zero,
            "0".repeat(40),
            zero);
  }

  private static String logs() {
    StringBuilder json = new StringBuilder(",\"result\":[");
    for (int index = 0; json.length() < LOGS_BYTES_MIN - 2; index++) {
      json.append(index == 0 ? "" : ",").append(log(index));
    }
    return json.append("]}").toString();
  }

  private static String log(int index) {
    return """
    {"address":"%s","topics":["%s","%s","%s"],"data":"%s","blockNumber":"0x%x","transactionHash":"%s",\
    "transactionIndex":"0x%x","blockHash":"%s","logIndex":"0x%x","removed":false}\
    """
        .formatted(
            LOGS_ADDRESS,
            LOGS_TOPIC,
            hash(index),
            hash(index + 1),
            hash(index + 2),
            LOGS_BLOCK,
            hash(index + 3),
            index,
            hash(LOGS_BLOCK),
            index);
  }

  private static String hash(long of) {
    long mixed = (of + 1) * 0x9E3779B97F4A7C15L;
    String quarter = HexFormat.of().toHexDigits(mixed);
    return "0x" + quarter.repeat(4);
  }

  private static ByteBuf text(String json) {
    return Unpooled.wrappedBuffer(json.getBytes(StandardCharsets.US_ASCII));
  }

  private static ByteBuf fixed(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.US_ASCII);
    return Unpooled.unreleasableBuffer(Unpooled.directBuffer(bytes.length).writeBytes(bytes));
  }
}
