import io.reactivex.disposables.Disposable;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.crypto.Credentials;
import org.web3j.protocol.Web3j;
import org.web3j.protocol.core.DefaultBlockParameterName;
import org.web3j.protocol.core.methods.request.EthFilter;
import org.web3j.protocol.core.methods.response.EthSendTransaction;
import org.web3j.protocol.core.methods.response.TransactionReceipt;
import org.web3j.protocol.http.HttpService;
import org.web3j.tx.RawTransactionManager;
import org.web3j.tx.response.PollingTransactionReceiptProcessor;

/**
 * Listens with web3j, which polls filters, while a provider is killed. Arguments: the gateway's URL,
 * the file with the contract's code.
 */
public final class Web3jWatch {

  private static final BigInteger GAS = BigInteger.valueOf(500_000);

  private final Web3j web3j;
  private final RawTransactionManager transactions;
  private final PollingTransactionReceiptProcessor receipts;
  private final List<Integer> values = new CopyOnWriteArrayList<>();
  private final List<String> blocks = new CopyOnWriteArrayList<>();
  private final List<Throwable> errors = new CopyOnWriteArrayList<>();

  private Web3jWatch(String url) {
    web3j =
        Web3j.build(new HttpService(url), 250, Executors.newSingleThreadScheduledExecutor());
    transactions =
        new RawTransactionManager(
            web3j,
            Credentials.create(
                "0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e"),
            31337);
    receipts = new PollingTransactionReceiptProcessor(web3j, 250, 120);
  }

  public static void main(String[] arguments) throws Exception {
    new Web3jWatch(arguments[0]).watch(Files.readString(Path.of(arguments[1])).strip());
    System.out.println("done");
    System.exit(0); // its connection pool would linger
  }

  private void watch(String code) throws Exception {
    String till = send("", code).getContractAddress();
    EthFilter filter =
        new EthFilter(DefaultBlockParameterName.LATEST, DefaultBlockParameterName.LATEST, till);
    Disposable events =
        web3j
            .ethLogFlowable(filter)
            .subscribe(
                log -> values.add(new BigInteger(log.getData().substring(2), 16).intValue()),
                errors::add);
    Disposable heads = web3j.ethBlockHashFlowable().subscribe(blocks::add, errors::add);

    listen(1, till);
    System.out.println("half");
    System.in.read();
    listen(4, till);

    require(values, List.of(1, 2, 3, 4, 5, 6));
    require(errors, List.of());
    require(blocks.stream().distinct().toList(), blocks);
    require(blocks.size() >= 6, true);
    events.dispose();
    heads.dispose();
  }

  private void listen(int first, String till) throws Exception {
    Thread.sleep(2_000);
    for (int value = first; value < first + 3; value++) {
      send(
          till,
          FunctionEncoder.encode(
              new Function("set", List.of(new Uint256(BigInteger.valueOf(value))), List.of())));
    }
    for (int i = 0; i < 60 && values.size() < first + 2; i++) {
      Thread.sleep(250);
    }
    Thread.sleep(1_000); // what would be heard twice
  }

  private TransactionReceipt send(String to, String data) throws Exception {
    EthSendTransaction sent =
        transactions.sendEIP1559Transaction(
            31337,
            BigInteger.valueOf(1_000_000_000L),
            BigInteger.valueOf(9_000_000_000L),
            GAS,
            to,
            data,
            BigInteger.ZERO);
    if (sent.hasError()) {
      throw new AssertionError(sent.getError().getMessage());
    }
    TransactionReceipt receipt = receipts.waitForTransactionReceipt(sent.getTransactionHash());
    require(receipt.isStatusOK(), true);
    return receipt;
  }

  private static void require(Object actual, Object expected) {
    if (!expected.equals(actual)) {
      throw new AssertionError(actual + " (expected: " + expected + ")");
    }
  }
}
