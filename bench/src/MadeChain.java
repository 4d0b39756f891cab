import io.jethproxy.eth.Bloom;
import io.jethproxy.eth.Hash;
import io.jethproxy.eth.Header;
import io.jethproxy.eth.HeaderField;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Keccak;
import io.jethproxy.eth.Log;
import io.jethproxy.eth.Receipt;
import io.jethproxy.eth.Trie;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A chain with true hashes and roots whose blocks all have the same transactions: so a follower has
 * to check each of them, and a provider has hardly any work.
 */
final class MadeChain {
  private static final String BLOCK_HASH = "@hash@";
  private static final String BLOCK_NUMBER = "@number@";
  private static final byte[] ADDRESS = new byte[20];

  private final long chainId;
  private final Hash receiptsRoot;
  private final Bloom bloom;
  private final String transactions;
  private final String receipts;
  private final List<Header> headers = new ArrayList<>();
  private final Map<String, Integer> byHash = new HashMap<>();
  private volatile int head;

  MadeChain(long chainId, int transactionCount, int logCount) {
    this.chainId = chainId;
    List<Receipt> made = new ArrayList<>();
    Bloom all = Bloom.EMPTY;
    List<String> json = new ArrayList<>();
    int logIndex = 0;
    for (int i = 0; i < transactionCount; i++) {
      List<Log> logs =
          IntStream.range(logIndex, logCount * (i + 1) / transactionCount)
              .mapToObj(MadeChain::log)
              .toList();
      made.add(new Receipt(2, true, 21_000L * (i + 1), logs));
      all = all.or(made.getLast().bloom());
      json.add(receipt(i, made.getLast(), logIndex));
      logIndex += logs.size();
    }
    receiptsRoot = Trie.rootOf(made.stream().map(Receipt::encoded).toList());
    bloom = all;
    receipts = "[" + String.join(",", json) + "]";
    transactions =
        IntStream.range(0, transactionCount)
            .mapToObj(i -> "\"" + transaction(i) + "\"")
            .collect(Collectors.joining(",", "[", "]"));
    for (int i = 0; i < 200; i++) {
      mine();
    }
  }

  synchronized void mine() {
    Map<HeaderField, byte[]> fields = new EnumMap<>(HeaderField.class);
    for (HeaderField field : HeaderField.values()) {
      if (field.isOriginal()) {
        fields.put(field, new byte[0]);
      }
    }
    int number = headers.size();
    Hash parent = number == 0 ? Hash.ZERO : headers.getLast().head().hash();
    fields.put(HeaderField.PARENT_HASH, parent.bytes());
    fields.put(HeaderField.UNCLES_HASH, Header.NO_UNCLES.bytes());
    fields.put(HeaderField.MINER, ADDRESS);
    fields.put(HeaderField.STATE_ROOT, Hash.ZERO.bytes());
    fields.put(HeaderField.TRANSACTIONS_ROOT, Trie.EMPTY_ROOT.bytes());
    fields.put(HeaderField.RECEIPTS_ROOT, receiptsRoot.bytes());
    fields.put(HeaderField.LOGS_BLOOM, bloom.bytes());
    fields.put(HeaderField.NUMBER, BigInteger.valueOf(number).toByteArray());
    fields.put(HeaderField.TIMESTAMP, BigInteger.valueOf(1_700_000_000L + number).toByteArray());
    fields.put(HeaderField.MIX_HASH, new byte[32]);
    fields.put(HeaderField.NONCE, new byte[8]);
    Header header = Header.of(fields);
    headers.add(header);
    byHash.put(header.head().hash().toString(), number);
    head = number;
  }

  /** The result for a method and its first param. */
  String result(String method, String param) {
    return switch (method) {
      case "eth_chainId" -> '"' + Hex.quantity(chainId) + '"';
      case "eth_blockNumber" -> '"' + Hex.quantity(head) + '"';
      case "eth_syncing" -> "false";
      case "eth_getBlockByNumber", "eth_getBlockByHash" -> block(number(param));
      case "eth_getBlockReceipts" -> receipts(number(param));
      default -> "\"0x1\"";
    };
  }

  private synchronized int number(String param) {
    return switch (param) {
      case "latest" -> head;
      case "safe" -> head - 32;
      case "finalized" -> head - 64;
      default ->
          param.length() == 66 ? byHash.getOrDefault(param, -1) : Integer.decode(param);
    };
  }

  private synchronized String block(int number) {
    if (number < 0 || number > head) {
      return "null";
    }
    Header header = headers.get(number);
    String fields =
        java.util.Arrays.stream(HeaderField.values())
            .filter(HeaderField::isOriginal)
            .map(field -> "\"" + field.key() + "\":\"" + header.text(field) + '"')
            .collect(Collectors.joining(","));
    return "{\"hash\":\"%s\",%s,\"size\":\"0x220\",\"uncles\":[],\"transactions\":%s}"
        .formatted(header.head().hash(), fields, transactions);
  }

  private String receipts(int number) {
    return number < 0
        ? "null"
        : receipts
            .replace(BLOCK_HASH, headers.get(number).head().hash().toString())
            .replace(BLOCK_NUMBER, Hex.quantity(number));
  }

  private static Log log(int index) {
    List<Hash> topics = List.of(hash("topic"), hash("from" + index), hash("to" + index));
    return new Log(ADDRESS, topics, hash("data" + index).bytes());
  }

  private static Hash hash(String name) {
    return Keccak.hash(name.getBytes(StandardCharsets.US_ASCII));
  }

  private static Hash transaction(int index) {
    return hash("transaction" + index);
  }

  private static String receipt(int index, Receipt receipt, int firstLog) {
    String place =
        "\"blockHash\":\"%s\",\"blockNumber\":\"%s\",\"transactionHash\":\"%s\",\"transactionIndex\":\"%s\""
            .formatted(BLOCK_HASH, BLOCK_NUMBER, transaction(index), Hex.quantity(index));
    List<String> logs = new ArrayList<>();
    for (Log log : receipt.logs()) {
      logs.add(
          "{\"address\":\"%s\",\"topics\":[%s],\"data\":\"%s\",%s,\"logIndex\":\"%s\",\"removed\":false}"
              .formatted(
                  Hex.text(log.address()),
                  log.topics().stream()
                      .map(topic -> '"' + topic.toString() + '"')
                      .collect(Collectors.joining(",")),
                  Hex.text(log.data()),
                  place,
                  Hex.quantity(firstLog + logs.size())));
    }
    return ("{%s,\"type\":\"0x2\",\"status\":\"0x1\",\"from\":\"%s\",\"to\":\"%s\",\"gasUsed\":\"0x5208\","
            + "\"cumulativeGasUsed\":\"%s\",\"effectiveGasPrice\":\"0x7\",\"contractAddress\":null,"
            + "\"logsBloom\":\"%s\",\"logs\":[%s]}")
        .formatted(
            place,
            Hex.text(ADDRESS),
            Hex.text(ADDRESS),
            Hex.quantity(receipt.cumulativeGasUsed()),
            Hex.text(receipt.bloom().bytes()),
            String.join(",", logs));
  }
}
