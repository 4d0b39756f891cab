package io.jethproxy.testing;

/**
 * Puts the member {@code "result":…} or {@code "error":…} into a JSON-RPC answer, well or badly.
 */
@FunctionalInterface
interface Shape {

  /**
   * @param id raw JSON
   * @param member {@code "result":…} or {@code "error":…}
   */
  String json(String id, String member);

  Shape PROPER = (id, member) -> "{\"jsonrpc\":\"2.0\",\"id\":" + id + "," + member + "}";

  Shape WRONG_ID = (id, member) -> PROPER.json("987654321987", member);

  Shape NULL_ID = (id, member) -> PROPER.json("null", member);

  Shape STRING_ID = (id, member) -> PROPER.json(id.startsWith("\"") ? "7" : '"' + id + '"', member);

  Shape MISSING_ID = (id, member) -> "{\"jsonrpc\":\"2.0\"," + member + "}";

  Shape NO_VERSION = (id, member) -> "{\"id\":" + id + "," + member + "}";

  Shape OLD_VERSION = (id, member) -> "{\"jsonrpc\":\"1.0\",\"id\":" + id + "," + member + "}";

  Shape BOTH =
      (id, member) ->
          PROPER.json(
              id, "\"result\":\"0x1\",\"error\":{\"code\":-32000,\"message\":\"both at once\"}");

  Shape NEITHER = (id, member) -> "{\"jsonrpc\":\"2.0\",\"id\":" + id + "}";

  Shape TWO_DOCUMENTS = (id, member) -> PROPER.json(id, member) + PROPER.json(id, member);

  Shape TRAILING_COMMA = (id, member) -> "{\"jsonrpc\":\"2.0\",\"id\":" + id + "," + member + ",}";

  Shape TRUNCATED =
      (id, member) -> {
        String whole = PROPER.json(id, member);
        return whole.substring(0, whole.length() - 2);
      };

  Shape BYTE_ORDER_MARK = (id, member) -> '\uFEFF' + PROPER.json(id, member);
}
