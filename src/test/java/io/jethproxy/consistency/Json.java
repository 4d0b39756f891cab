package io.jethproxy.consistency;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON-RPC as text and trees. */
final class Json {

  private static final JsonMapper MAPPER = JsonMapper.shared();

  private Json() {}

  static JsonNode read(String text) {
    return MAPPER.readTree(text);
  }

  static String request(long id, String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}"
        .formatted(id, method, params);
  }

  /** An answer with this member, {@code "result":…} or {@code "error":…}. */
  static String answer(JsonNode id, String member) {
    String text = id.isMissingNode() ? "null" : id.toString();
    return "{\"jsonrpc\":\"2.0\",\"id\":" + text + "," + member + "}";
  }

  static String hex(long number) {
    return "\"0x" + Long.toHexString(number) + "\"";
  }

  static String quoted(String text) {
    return "\"" + text + "\"";
  }

  /** The number in a hex quantity; an exception when it is none. */
  static long number(JsonNode quantity) {
    return Long.decode(quantity.asString());
  }
}
