import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/** A visitor of a block explorer: new blocks and some addresses far more often than others. */
final class Explorer implements Persona {
  private static final int SPACE = 0xe4910;
  private static final Zipf DEPTHS = new Zipf(250);
  private static final Zipf ADDRESSES = new Zipf(200);
  private static final Pattern HASH = Pattern.compile("\"0x[0-9a-f]{64}\"");

  private final Random random;

  Explorer(int index) {
    this.random = new Random(index);
  }

  @Override
  public void poll(RpcClient client) throws InterruptedException {
    switch (random.nextInt(4)) {
      case 0 -> home(client);
      case 1 -> block(client);
      case 2 -> transaction(client);
      default -> address(client);
    }
  }

  private static void home(RpcClient client) throws InterruptedException {
    client.call("eth_blockNumber", "[]");
    client.call("eth_getBlockByNumber", "[\"latest\",false]");
    client.call("eth_gasPrice", "[]");
  }

  private void block(RpcClient client) throws InterruptedException {
    client.call("eth_getBlockByNumber", "[" + any(client) + ",true]");
    client.call("eth_getBlockByNumber", "[\"finalized\",false]");
  }

  private void transaction(RpcClient client) throws InterruptedException {
    String block = client.call("eth_getBlockByNumber", "[" + any(client) + ",false]");
    int from = block.indexOf("\"transactions\":[");
    List<String> hashes =
        from < 0
            ? List.of()
            : HASH.matcher(block.substring(from, block.indexOf(']', from)))
                .results()
                .map(match -> match.group())
                .toList();
    if (!hashes.isEmpty()) {
      String hash = "[" + hashes.getFirst() + "]";
      client.call("eth_getTransactionByHash", hash);
      client.call("eth_getTransactionReceipt", hash);
    }
  }

  private void address(RpcClient client) throws InterruptedException {
    String params =
        "[\"" + Persona.address(SPACE, ADDRESSES.draw(random)) + "\",\"latest\"]";
    client.call("eth_getBalance", params);
    client.call("eth_getTransactionCount", params);
    client.call("eth_getCode", params);
  }

  private String any(RpcClient client) throws InterruptedException {
    long head = client.quantity("eth_blockNumber", "[]");
    return Persona.hex(Math.max(0, head - DEPTHS.draw(random)));
  }
}
