import io.jethproxy.demo.DemoToken;

/**
 * An indexer: each new block with its transactions, receipts and logs, and the logs of the past in
 * ranges, from the beginning again when it is through.
 */
final class Indexer implements Persona {
  private static final int RANGE_BLOCKS = 20;
  private static final int DEPTH_BLOCKS = 280;
  private static final int FINALIZED_DEPTH = 16;

  private long last = -1;
  private long past = -1;

  @Override
  public void poll(RpcClient client) throws InterruptedException {
    long head = client.quantity("eth_blockNumber", "[]");
    if (head < 0) {
      return;
    }
    last = last < 0 ? head - 1 : last;
    while (last < head) {
      last++;
      client.call("eth_getBlockByNumber", "[" + Persona.hex(last) + ",true]");
      client.call("eth_getBlockReceipts", "[" + Persona.hex(last) + "]");
      client.call("eth_getLogs", logs(last, last));
    }
    past = past < 0 || past + RANGE_BLOCKS > head - FINALIZED_DEPTH ? first(head) : past;
    client.call("eth_getLogs", logs(past, past + RANGE_BLOCKS - 1));
    past += RANGE_BLOCKS;
  }

  /** On a grid, so that all that start over ask for the same ranges. */
  private static long first(long head) {
    return Math.max(0, (head - DEPTH_BLOCKS) / RANGE_BLOCKS * RANGE_BLOCKS);
  }

  private static String logs(long from, long to) {
    return "[{\"fromBlock\":%s,\"toBlock\":%s,\"address\":\"%s\",\"topics\":[\"%s\"]}]"
        .formatted(Persona.hex(from), Persona.hex(to), DemoToken.address(), DemoToken.TRANSFER);
  }
}
