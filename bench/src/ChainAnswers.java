import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.IntFunction;

/** What a simulated provider in front of a {@link SimulatedChain} says. For one thread. */
final class ChainAnswers implements Answers {
  /** The block of all logs and receipts: long ago, so no proxy can take it for news. */
  static final long LOGS_BLOCK = 0x1000000;

  static final String LOGS_BLOCK_TEXT = "0x1000000";
  static final String LOGS_ADDRESS = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
  static final String LOGS_TOPIC =
      "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

  private static final int LARGE_BYTES_MIN = 100_000;

  private final SimulatedChain chain;
  private final ByteBuf small = fixed(",\"result\":\"0x1234567\"}");
  private final ByteBuf logs = fixed(large(ChainAnswers::log));
  private final ByteBuf receipts = fixed(large(ChainAnswers::receipt));
  private final ByteBuf nothing = fixed(",\"result\":[]}");
  private final ByteBuf chainId = fixed(",\"result\":\"0x1\"}");
  private final ByteBuf notSyncing = fixed(",\"result\":false}");
  private final ByteBuf netVersion = fixed(",\"result\":\"1\"}");
  private final ByteBuf clientVersion = fixed(",\"result\":\"bench/1\"}");

  ChainAnswers(SimulatedChain chain) {
    this.chain = chain;
  }

  @Override
  public ByteBuf tailFor(RequestScan asked) {
    return switch (asked.method()) {
      case "eth_getLogs" -> logs.retainedDuplicate();
      case "eth_chainId" -> chainId.retainedDuplicate();
      case "eth_syncing" -> notSyncing.retainedDuplicate();
      case "net_version" -> netVersion.retainedDuplicate();
      case "web3_clientVersion" -> clientVersion.retainedDuplicate();
      case "eth_blockNumber" ->
          text(",\"result\":\"0x" + Long.toHexString(chain.head()) + "\"}");
      case "eth_getBlockByNumber", "eth_getBlockByHash" ->
          text(",\"result\":" + chain.block(asked.firstParam()) + "}");
      case "eth_getBlockReceipts" ->
          (asked.firstParam().equals(LOGS_BLOCK_TEXT) ? receipts : nothing).retainedDuplicate();
      default -> small.retainedDuplicate();
    };
  }

  private static String large(IntFunction<String> element) {
    StringBuilder json = new StringBuilder(",\"result\":[");
    for (int index = 0; json.length() < LARGE_BYTES_MIN - 2; index++) {
      json.append(index == 0 ? "" : ",").append(element.apply(index));
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

  private static String receipt(int index) {
    return """
    {"type":"0x2","status":"0x1","cumulativeGasUsed":"0x%x","logs":[%s],"logsBloom":"0x%s",\
    "transactionHash":"%s","transactionIndex":"0x%x","blockHash":"%s","blockNumber":"0x%x",\
    "gasUsed":"0xcb20","effectiveGasPrice":"0x3b9aca00","from":"%s","to":"%s","contractAddress":null}\
    """
        .formatted(
            52_000L * (index + 1),
            log(index),
            "0".repeat(512),
            hash(index + 3),
            index,
            hash(LOGS_BLOCK),
            LOGS_BLOCK,
            LOGS_ADDRESS,
            LOGS_ADDRESS);
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
