import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.web3j.abi.EventEncoder;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.TypeReference;
import org.web3j.abi.datatypes.Address;
import org.web3j.abi.datatypes.Event;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.Hash;
import org.web3j.crypto.RawTransaction;
import org.web3j.protocol.Web3j;
import org.web3j.protocol.core.DefaultBlockParameter;
import org.web3j.protocol.core.DefaultBlockParameterName;
import org.web3j.protocol.core.methods.request.EthFilter;
import org.web3j.protocol.core.methods.request.Transaction;
import org.web3j.protocol.core.methods.response.EthBlock;
import org.web3j.protocol.core.methods.response.EthCall;
import org.web3j.protocol.core.methods.response.EthFeeHistory;
import org.web3j.protocol.core.methods.response.EthLog;
import org.web3j.protocol.core.methods.response.EthSendTransaction;
import org.web3j.protocol.core.methods.response.TransactionReceipt;
import org.web3j.protocol.http.HttpService;
import org.web3j.tx.RawTransactionManager;
import org.web3j.tx.response.PollingTransactionReceiptProcessor;
import org.web3j.utils.Convert;

/** A wallet's day with web3j. Arguments: the gateway's URL, the file with the contract's code. */
public final class Web3jDay {

  private static final long CHAIN = 31337;
  private static final String FRIEND = "0x00000000000000000000000000000000000f1e4f";
  private static final BigInteger GAS = BigInteger.valueOf(500_000);
  private static final Event SET =
      new Event(
          "Set", List.of(new TypeReference<Address>(true) {}, new TypeReference<Uint256>() {}));

  private final Web3j web3j;
  private final Credentials account =
      Credentials.create("0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6");
  private final RawTransactionManager transactions;
  private final PollingTransactionReceiptProcessor receipts;

  private Web3jDay(String url) {
    web3j = Web3j.build(new HttpService(url));
    transactions = new RawTransactionManager(web3j, account, CHAIN);
    receipts = new PollingTransactionReceiptProcessor(web3j, 250, 120);
  }

  public static void main(String[] arguments) throws Exception {
    new Web3jDay(arguments[0]).spend(Files.readString(Path.of(arguments[1])).strip());
    System.out.println("done");
    System.exit(0); // its connection pool would linger
  }

  private void spend(String code) throws Exception {
    require(web3j.ethChainId().send().getChainId(), BigInteger.valueOf(CHAIN));
    require(balance(account.getAddress()).compareTo(ether("1")) > 0, true);
    blocks();
    TransactionReceipt transfer = mined(send(FRIEND, "", ether("0.125")));
    require(balance(FRIEND), ether("0.125"));

    System.out.println("half");
    System.in.read();

    String till = mined(send(null, code, BigInteger.ZERO)).getContractAddress();
    require(get(till, DefaultBlockParameterName.LATEST), BigInteger.ZERO);
    TransactionReceipt set = mined(send(till, call("set", 44), BigInteger.ZERO));
    require(get(till, DefaultBlockParameterName.LATEST), BigInteger.valueOf(44));
    require(get(till, at(set.getBlockNumber().subtract(BigInteger.ONE))), BigInteger.ZERO);
    reverts(till);
    estimates(till);
    logs(till, transfer, set);
    batch();
    fees();
    sameTwice();
    ownErrors();
  }

  private void blocks() throws Exception {
    EthBlock.Block latest =
        web3j.ethGetBlockByNumber(DefaultBlockParameterName.LATEST, false).send().getBlock();
    EthBlock.Block same =
        web3j.ethGetBlockByNumber(at(latest.getNumber()), true).send().getBlock();
    require(same.getHash(), latest.getHash());
    require(
        web3j.ethGetBlockByHash(latest.getHash(), false).send().getBlock().getNumber(),
        latest.getNumber());
  }

  private void reverts(String till) throws Exception {
    EthCall custom = read(till, call("failCustom", 777), DefaultBlockParameterName.LATEST);
    require(custom.getError().getCode(), 3);
    String expected =
        Hash.sha3String("TooMuch(uint256,uint256)").substring(0, 10)
            + "%064x%064x".formatted(777, 100);
    require(custom.getError().getData(), '"' + expected + '"', expected);
    EthCall text = read(till, call("failText"), DefaultBlockParameterName.LATEST);
    require(text.isReverted(), true);
    require(text.getRevertReason().contains("not today"), true);
  }

  private void estimates(String till) throws Exception {
    BigInteger gas =
        web3j
            .ethEstimateGas(
                Transaction.createEthCallTransaction(account.getAddress(), till, call("set", 1)))
            .send()
            .getAmountUsed();
    require(gas.intValueExact() > 21_000 && gas.intValueExact() < 100_000, true);
  }

  private void logs(String till, TransactionReceipt transfer, TransactionReceipt set)
      throws Exception {
    EthFilter filter =
        new EthFilter(at(transfer.getBlockNumber()), DefaultBlockParameterName.LATEST, till);
    filter.addSingleTopic(EventEncoder.encode(SET));
    EthLog logs = web3j.ethGetLogs(filter).send();
    require(logs.getLogs().size(), 1);
    EthLog.LogObject log = (EthLog.LogObject) logs.getLogs().getFirst().get();
    require(log.getBlockHash(), set.getBlockHash());
    require(new BigInteger(log.getData().substring(2), 16), BigInteger.valueOf(44));
  }

  private void batch() throws Exception {
    var batch = web3j.newBatch();
    for (int i = 0; i < 20; i++) {
      batch.add(web3j.ethGetBlockByNumber(at(BigInteger.valueOf(i % 3)), false));
    }
    var responses = batch.send().getResponses();
    for (int i = 0; i < 20; i++) {
      require(
          ((EthBlock) responses.get(i)).getBlock().getNumber(), BigInteger.valueOf(i % 3));
    }
  }

  private void fees() throws Exception {
    EthFeeHistory.FeeHistory history =
        web3j
            .ethFeeHistory(4, DefaultBlockParameterName.LATEST, List.of(25.0, 75.0))
            .send()
            .getFeeHistory();
    require(history.getBaseFeePerGas().size(), history.getGasUsedRatio().size() + 1);
  }

  private void sameTwice() throws Exception {
    String raw =
        transactions.sign(
            RawTransaction.createEtherTransaction(
                CHAIN, nonce(), BigInteger.valueOf(21_000), FRIEND, BigInteger.ONE, gwei(1), gwei(9)));
    EthSendTransaction first = web3j.ethSendRawTransaction(raw).send();
    EthSendTransaction second = web3j.ethSendRawTransaction(raw).send();
    require(second.getTransactionHash(), first.getTransactionHash());
    mined(first);
    require(
        web3j.ethSendRawTransaction(raw).send().getTransactionHash(), first.getTransactionHash());
  }

  private void ownErrors() throws Exception {
    EthSendTransaction used =
        web3j
            .ethSendRawTransaction(
                transactions.sign(
                    RawTransaction.createEtherTransaction(
                        CHAIN,
                        BigInteger.ZERO,
                        BigInteger.valueOf(21_000),
                        FRIEND,
                        BigInteger.TWO,
                        gwei(1),
                        gwei(9))))
            .send();
    require(used.getError().getMessage().contains("nonce too low"), true);
  }

  private EthSendTransaction send(String to, String data, BigInteger value) throws Exception {
    return transactions.signAndSend(
        RawTransaction.createTransaction(CHAIN, nonce(), GAS, to, value, data, gwei(1), gwei(9)));
  }

  private BigInteger nonce() throws Exception {
    return web3j
        .ethGetTransactionCount(account.getAddress(), DefaultBlockParameterName.PENDING)
        .send()
        .getTransactionCount();
  }

  private TransactionReceipt mined(EthSendTransaction sent) throws Exception {
    if (sent.hasError()) {
      throw new AssertionError(sent.getError().getMessage());
    }
    TransactionReceipt receipt = receipts.waitForTransactionReceipt(sent.getTransactionHash());
    require(receipt.isStatusOK(), true);
    return receipt;
  }

  private BigInteger get(String till, DefaultBlockParameter block) throws Exception {
    return new BigInteger(read(till, call("get"), block).getValue().substring(2), 16);
  }

  private EthCall read(String till, String data, DefaultBlockParameter block) throws Exception {
    return web3j
        .ethCall(
            Transaction.createEthCallTransaction(account.getAddress(), till, data), block)
        .send();
  }

  private BigInteger balance(String address) throws Exception {
    return web3j.ethGetBalance(address, DefaultBlockParameterName.LATEST).send().getBalance();
  }

  private static String call(String function, long... arguments) {
    return FunctionEncoder.encode(
        new Function(
            function,
            java.util.Arrays.stream(arguments)
                .<org.web3j.abi.datatypes.Type>mapToObj(Uint256::new)
                .toList(),
            List.of()));
  }

  private static DefaultBlockParameter at(BigInteger number) {
    return DefaultBlockParameter.valueOf(number);
  }

  private static BigInteger ether(String amount) {
    return Convert.toWei(amount, Convert.Unit.ETHER).toBigInteger();
  }

  private static BigInteger gwei(long amount) {
    return Convert.toWei(Long.toString(amount), Convert.Unit.GWEI).toBigInteger();
  }

  /** The value is one of those expected. */
  private static void require(Object found, Object... expected) {
    if (!List.of(expected).contains(found)) {
      throw new AssertionError(found + " (expected: " + List.of(expected) + ")");
    }
  }
}
