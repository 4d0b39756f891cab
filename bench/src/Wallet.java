import io.jethproxy.demo.DemoToken;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Keccak;
import io.jethproxy.eth.Rlp;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * A wallet in front of a dApp: the head, its own balances, a price that others look at too, fees;
 * every few minutes a transaction, whose receipt it asks for until it is there.
 */
final class Wallet implements Persona {
  private static final int SPACE = 0xa11e7;
  private static final int POOL_SPACE = 0x9001;
  private static final int POLLS_PER_TRANSACTION = 100;
  private static final Zipf POOLS = new Zipf(50);

  private final Random random;
  private final String address;
  private boolean connected;
  private long nonce;
  private String waitingFor = "";

  Wallet(int index) {
    this.random = new Random(index);
    this.address = Persona.address(SPACE, index);
  }

  @Override
  public void poll(RpcClient client) throws InterruptedException {
    if (!connected) {
      client.call("eth_chainId", "[]");
      client.call("net_version", "[]");
      connected = true;
    }
    client.call("eth_blockNumber", "[]");
    client.call("eth_getBlockByNumber", "[\"latest\",false]");
    client.call("eth_getBalance", "[\"" + address + "\",\"latest\"]");
    client.call("eth_call", balanceOf(address));
    client.call("eth_call", balanceOf(Persona.address(POOL_SPACE, POOLS.draw(random))));
    client.call("eth_gasPrice", "[]");
    if (!waitingFor.isEmpty()) {
      boolean isMined = !client.call("eth_getTransactionReceipt", waitingFor).equals("null");
      waitingFor = isMined ? "" : waitingFor;
    } else if (random.nextInt(POLLS_PER_TRANSACTION) == 0) {
      send(client);
    }
  }

  private static String balanceOf(String holder) {
    return "[{\"to\":\"%s\",\"data\":\"0x70a08231%s%s\"},\"latest\"]"
        .formatted(DemoToken.address(), "0".repeat(24), holder.substring(2));
  }

  /** Bytes in the form of a signed transaction; the simulated chain looks no further. */
  private void send(RpcClient client) throws InterruptedException {
    client.call("eth_getTransactionCount", "[\"" + address + "\",\"pending\"]");
    byte[] word = Keccak.hash((address + nonce).getBytes(StandardCharsets.US_ASCII)).bytes();
    byte[] raw =
        Rlp.list(
            List.of(
                Rlp.quantity(nonce++),
                Rlp.quantity(2_000_000_000L),
                Rlp.quantity(21_000),
                Rlp.string(new byte[20]),
                Rlp.quantity(random.nextInt(1, 1 << 30)),
                Rlp.string(new byte[0]),
                Rlp.quantity(2 * 1337 + 35),
                Rlp.string(word),
                Rlp.string(word)));
    String hash = client.call("eth_sendRawTransaction", "[\"" + Hex.text(raw) + "\"]");
    waitingFor = hash.equals("null") ? "" : "[" + hash + "]";
  }
}
