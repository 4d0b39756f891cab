package io.jethproxy.demo;

import io.jethproxy.eth.Header;
import io.jethproxy.eth.HeaderField;
import io.jethproxy.eth.Hex;
import io.jethproxy.eth.Log;
import io.jethproxy.eth.Receipt;
import java.math.BigInteger;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Blocks, transactions and receipts in the notation of JSON-RPC. */
final class DemoJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Bytes of a block beside its transactions, about; shown as part of its size. */
  private static final int HEADER_BYTES = 600;

  private DemoJson() {}

  static ObjectNode block(DemoBlock block, boolean full) {
    Header header = block.header();
    ObjectNode json = NODES.objectNode();
    json.put("hash", block.hash().toString());
    for (HeaderField field : HeaderField.values()) {
      json.put(field.key(), header.text(field));
    }
    int bytes = block.transactions().stream().mapToInt(each -> each.raw().length).sum();
    json.put("size", Hex.quantity(HEADER_BYTES + bytes));
    json.putArray("uncles");
    json.putArray("withdrawals");
    ArrayNode transactions = json.putArray("transactions");
    for (int i = 0; i < block.transactions().size(); i++) {
      if (full) {
        transactions.add(transaction(block, i));
      } else {
        transactions.add(block.transactions().get(i).hash().toString());
      }
    }
    return json;
  }

  static ObjectNode transaction(DemoBlock block, int index) {
    ObjectNode json = NODES.objectNode();
    json.put("blockHash", block.hash().toString());
    json.put("blockNumber", Hex.quantity(block.number()));
    json.put("transactionIndex", Hex.quantity(index));
    return fields(json, block.transactions().get(index));
  }

  static ObjectNode pending(DemoTransaction transaction) {
    ObjectNode json = NODES.objectNode();
    json.putNull("blockHash").putNull("blockNumber").putNull("transactionIndex");
    return fields(json, transaction);
  }

  static ArrayNode receipts(DemoBlock block) {
    ArrayNode receipts = NODES.arrayNode();
    int logIndex = 0;
    for (int i = 0; i < block.receipts().size(); i++) {
      receipts.add(receipt(block, i, logIndex));
      logIndex += block.receipts().get(i).logs().size();
    }
    return receipts;
  }

  private static ObjectNode receipt(DemoBlock block, int index, int firstLogIndex) {
    DemoTransaction transaction = block.transactions().get(index);
    Receipt receipt = block.receipts().get(index);
    ObjectNode json = NODES.objectNode();
    json.put("type", "0x0");
    json.put("status", receipt.success() ? "0x1" : "0x0");
    json.put("cumulativeGasUsed", Hex.quantity(receipt.cumulativeGasUsed()));
    json.put("gasUsed", Hex.quantity(transaction.gas()));
    json.put("effectiveGasPrice", Hex.quantity(DemoTransaction.GAS_PRICE_WEI));
    json.put("transactionHash", transaction.hash().toString());
    json.put("transactionIndex", Hex.quantity(index));
    json.put("blockHash", block.hash().toString());
    json.put("blockNumber", Hex.quantity(block.number()));
    json.put("from", transaction.from().text());
    json.put("to", transaction.to().text());
    json.putNull("contractAddress");
    json.put("logsBloom", receipt.bloom().toString());
    ArrayNode logs = json.putArray("logs");
    for (int i = 0; i < receipt.logs().size(); i++) {
      logs.add(log(block, index, firstLogIndex + i, receipt.logs().get(i)));
    }
    return json;
  }

  static ObjectNode log(DemoBlock block, int transactionIndex, int logIndex, Log log) {
    ObjectNode json = NODES.objectNode();
    json.put("address", Hex.text(log.address()));
    ArrayNode topics = json.putArray("topics");
    log.topics().forEach(topic -> topics.add(topic.toString()));
    json.put("data", Hex.text(log.data()));
    json.put("blockNumber", Hex.quantity(block.number()));
    json.put("blockHash", block.hash().toString());
    json.put("blockTimestamp", Hex.quantity(block.head().timestamp()));
    json.put("transactionHash", block.transactions().get(transactionIndex).hash().toString());
    json.put("transactionIndex", Hex.quantity(transactionIndex));
    json.put("logIndex", Hex.quantity(logIndex));
    json.put("removed", false);
    return json;
  }

  static String quantity(BigInteger value) {
    return "0x" + value.toString(16);
  }

  private static ObjectNode fields(ObjectNode json, DemoTransaction transaction) {
    json.put("hash", transaction.hash().toString());
    json.put("type", "0x0");
    json.put("chainId", Hex.quantity(DemoChain.CHAIN_ID));
    json.put("nonce", Hex.quantity(transaction.nonce()));
    json.put("from", transaction.from().text());
    json.put("to", transaction.to().text());
    json.put("value", quantity(transaction.wei()));
    json.put("gas", Hex.quantity(transaction.gas()));
    json.put("gasPrice", Hex.quantity(DemoTransaction.GAS_PRICE_WEI));
    json.put("input", Hex.text(transaction.input()));
    json.put("v", quantity(transaction.v()));
    json.put("r", quantity(transaction.r()));
    json.put("s", quantity(transaction.s()));
    return json;
  }
}
