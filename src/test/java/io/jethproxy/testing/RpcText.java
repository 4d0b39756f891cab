package io.jethproxy.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** Cuts JSON-RPC requests into raw slices, so that ids can be echoed exactly. */
final class RpcText {

  static final JsonMapper JSON = JsonMapper.shared();

  /** One request; absent parts are empty. */
  record Item(String method, String id, String params) {}

  /** What a body holds: the items, and whether they came as an array. */
  record Items(boolean batch, List<Item> list) {}

  private RpcText() {}

  /** The requests in {@code body}; one empty item when it is not JSON. */
  static Items items(byte[] body) {
    List<Item> items = new ArrayList<>();
    boolean batch = false;
    try (JsonParser parser = JSON.createParser(body)) {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.START_ARRAY) {
        batch = true;
        for (token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
          items.add(item(parser, body));
        }
      } else if (token != null) {
        items.add(item(parser, body));
      }
    } catch (JacksonException e) {
      items.clear(); // judged as one unreadable request
      batch = false;
    }
    return items.isEmpty()
        ? new Items(batch, List.of(new Item("", "", "")))
        : new Items(batch, List.copyOf(items));
  }

  private static Item item(JsonParser parser, byte[] body) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return new Item("", "", "");
    }
    String method = "";
    String id = "";
    String params = "";
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "method" -> method = parser.getString();
        case "id" -> id = slice(parser, body);
        case "params" -> params = slice(parser, body);
        default -> parser.skipChildren();
      }
    }
    return new Item(method, id, params);
  }

  private static String slice(JsonParser parser, byte[] body) {
    JsonToken token = parser.currentToken();
    if (token.isScalarValue() && token != JsonToken.VALUE_STRING) {
      return parser.getString();
    }
    int from = (int) parser.currentTokenLocation().getByteOffset();
    if (token == JsonToken.VALUE_STRING) {
      parser.getString();
    } else {
      parser.skipChildren();
    }
    int to = (int) parser.currentLocation().getByteOffset();
    return new String(body, from, to - from, StandardCharsets.UTF_8);
  }
}
