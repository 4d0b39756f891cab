package io.jethproxy.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jethproxy.rpc.Incoming.Item;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireReadTest {

  @Test
  void findsIdMethodAndParamsWithoutCopyingThem() {
    byte[] body =
        bytes(
            " {\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"eth_call\",\"params\":[{\"to\":\"0x1\"}]} ");

    Request request = valid(Wire.read(body, 0, body.length, Limits.DEFAULTS));

    assertThat(request.id().text()).isEqualTo("7");
    assertThat(request.method()).isEqualTo("eth_call");
    assertThat(request.params().text()).isEqualTo("[{\"to\":\"0x1\"}]");
    assertThat(request.params().bytes()).isSameAs(body);
    assertThat(request.isNotification()).isFalse();
  }

  @Test
  void readsOnlyItsSliceOfTheArray() {
    byte[] body = bytes("x{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"m\"}x");

    assertThat(valid(Wire.read(body, 1, body.length - 1, Limits.DEFAULTS)).method()).isEqualTo("m");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "1.5",
        "1e400",
        "\"\"",
        "\"a\"",
        "null",
        "9007199254740993",
        "\"\\u0041\\n\"",
        "\"é\"",
        "-0",
        "1E+2"
      })
  void keepsLegalIdsByteForByte(String id) {
    Request request = valid(read("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"m\"}"));

    assertThat(request.id().text()).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource({"true, a boolean", "false, a boolean", "{}, an object", "[1], an array"})
  void refusesOtherIdsAndAnswersWithNull(String id, String kind) {
    Item.Invalid invalid = invalid(read(with("\"id\":" + id)));

    assertThat(invalid.id()).isEqualTo(RawJson.NULL);
    assertThat(invalid.fault())
        .isEqualTo(new Fault(-32600, "id: " + kind + " (expected: a string, a number or null)"));
  }

  @Test
  void refusesIdsOver256Bytes() {
    String longest = "\"" + "i".repeat(256) + "\"";
    String longer = "\"" + "i".repeat(257) + "\"";

    assertThat(valid(read(with("\"id\":" + longest))).id().text()).isEqualTo(longest);
    Item.Invalid invalid = invalid(read(with("\"id\":" + longer)));
    assertThat(invalid.id()).isEqualTo(RawJson.NULL);
    assertThat(invalid.fault().message()).isEqualTo("id: 257 bytes (expected: at most 256)");
  }

  @Test
  void requestWithoutIdIsANotification() {
    Request request = valid(read("{\"jsonrpc\":\"2.0\",\"method\":\"m\"}"));

    assertThat(request.isNotification()).isTrue();
    assertThat(request.id()).isEqualTo(RawJson.ABSENT);
  }

  @Test
  void nullIdIsNoNotification() {
    assertThat(valid(read(with("\"id\":null"))).isNotification()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"params\":null"})
  void paramsMayBeLeftOutOrNull(String params) {
    Request request = valid(read("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"" + params + "}"));

    assertThat(request.params().isAbsent()).isTrue();
  }

  @Test
  void keepsParamsByteForByte() {
    String params = "[ 1.50 , \"\\u0041\", {\"b\":1,\"a\":2, \"a\":3} ]";

    Request request = valid(read(with("\"id\":1,\"params\": " + params + " ")));

    assertThat(request.params().text()).isEqualTo(params);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\":1,\"method\":\"m\"} | jsonrpc: missing (expected: \"2.0\")",
        "{\"id\":1,\"jsonrpc\":\"1.0\",\"method\":\"m\"} | jsonrpc: another string (expected: \"2.0\")",
        "{\"id\":1,\"jsonrpc\":2.0,\"method\":\"m\"} | jsonrpc: a number (expected: \"2.0\")",
        "{\"id\":1,\"jsonrpc\":\"2.0\"} | method: missing (expected: a string)",
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":1} | method: a number (expected: a string)",
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":null} | method: null (expected: a string)",
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":[\"m\"]} | method: an array (expected: a string)",
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":\"x\"} "
            + "| params: a string (expected: an array or an object)",
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":1} "
            + "| params: a number (expected: an array or an object)",
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"m\",\"method\":\"m\"} "
            + "| method: given twice (expected: once)",
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"m\",\"\\u006dethod\":\"n\"} "
            + "| method: given twice (expected: once)",
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"params\":null,\"method\":\"m\",\"params\":[]} "
            + "| params: given twice (expected: once)",
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"jsonrpc\":\"2.0\",\"method\":\"m\"} "
            + "| jsonrpc: given twice (expected: once)",
      })
  void refusesWhatIsNoRequestAndKeepsItsId(String body, String message) {
    Item.Invalid invalid = invalid(read(body));

    assertThat(invalid.id().text()).isEqualTo("1");
    assertThat(invalid.fault()).isEqualTo(new Fault(-32600, message));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":1}",
        "{\"id\":null,\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":1}",
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"m\",\"\\u0069\\u0064\":2}"
      })
  void refusesTwoIdsAndAnswersNeither(String body) {
    Item.Invalid invalid = invalid(read(body));

    assertThat(invalid.id()).isEqualTo(RawJson.NULL);
    assertThat(invalid.fault()).isEqualTo(new Fault(-32600, "id: given twice (expected: once)"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "\"x\"", "null", "true", "{}", "{\"foo\":\"boo\"}"})
  void whatIsJsonButNoRequestIsInvalidWithANullId(String body) {
    Item.Invalid invalid = invalid(read(body));

    assertThat(invalid.id()).isEqualTo(RawJson.NULL);
    assertThat(invalid.fault().code()).isEqualTo(-32600);
  }

  @Test
  void readsEscapedSpellingsOfNamesVersionAndMethod() {
    Request request =
        valid(
            read(
                "{\"\\u006asonrpc\":\"\\u0032.0\",\"i\\u0064\":1,"
                    + "\"\\u006d\\u0065\\u0074\\u0068\\u006f\\u0064\":\"eth\\u005fcall\"}"));

    assertThat(request.method()).isEqualTo("eth_call");
    assertThat(request.id().text()).isEqualTo("1");
  }

  @Test
  void ignoresUnknownMembersButChecksThatTheyAreJson() {
    assertThat(valid(read(with("\"id\":1,\"x\":{\"id\":2,\"method\":[]},\"ID\":3"))).id().text())
        .isEqualTo("1");
    assertThat(unreadable(read(with("\"id\":1,\"x\":{\"y\":}"))).fault().code()).isEqualTo(-32700);
  }

  @Test
  void refusesMethodsAndNamesOver256Bytes() {
    String body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + "m".repeat(257) + "\"}";

    assertThat(invalid(read(body)).fault().message())
        .isEqualTo("method: 257 bytes (expected: at most 256)");
    assertThat(valid(read(body.replaceFirst("m{257}", "m".repeat(256)))).method()).hasSize(256);
    assertThat(invalid(read(with("\"id\":1,\"" + "n".repeat(257) + "\":0"))).fault().message())
        .isEqualTo("name of a member: 257 bytes (expected: at most 256)");
    assertThat(valid(read(with("\"id\":1,\"" + "n".repeat(256) + "\":0"))).method()).isEqualTo("m");
  }

  @Test
  void readsABatchInOrderAndJudgesEachItem() {
    Incoming incoming =
        read(
            " [ {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"} , 1, [], [{}], "
                + "{\"jsonrpc\":\"2.0\",\"method\":\"b\"},{\"id\":\"x\"},"
                + "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"c\"}] ");

    List<Item> items = ((Incoming.Many) incoming).items();
    assertThat(items).hasSize(7);
    assertThat(((Item.Valid) items.get(0)).request().method()).isEqualTo("a");
    assertThat(items.get(1)).isEqualTo(notAnObject("a number"));
    assertThat(items.get(2)).isEqualTo(notAnObject("an array"));
    assertThat(items.get(3)).isEqualTo(notAnObject("an array"));
    assertThat(((Item.Valid) items.get(4)).request().isNotification()).isTrue();
    assertThat(((Item.Invalid) items.get(5)).id().text()).isEqualTo("\"x\"");
    assertThat(((Item.Valid) items.get(6)).request().method()).isEqualTo("c");
  }

  @Test
  void emptyBatchIsOneInvalidRequest() {
    assertThat(unreadable(read(" [ ] ")))
        .isEqualTo(
            new Incoming.Unreadable(
                new Fault(-32600, "batch: no items (expected: at least 1)"), false));
  }

  @Test
  void batchOverItsLimitIsTooBig() {
    String full = "[" + "{},".repeat(99) + "{}]";
    String over = "[" + "{},".repeat(100) + "{}]";

    assertThat(((Incoming.Many) read(full)).items()).hasSize(100);
    assertThat(unreadable(read(over)))
        .isEqualTo(
            new Incoming.Unreadable(
                new Fault(-32600, "batch: 101 items (expected: at most 100)"), true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "{",
        "[",
        "nope",
        "{\"id\":1,}",
        "[1,]",
        "[{},{]",
        "{} {}",
        "[]x",
        "{}]",
        "\ufeff{}",
        "{\"id\":tru}",
        "{\"id\":\"\u0001\"}",
        "{'id':1}",
        "[{\"id\":1}",
        "{\"id\":01}"
      })
  void whatIsNoJsonIsAParseError(String body) {
    Incoming.Unreadable unreadable = unreadable(read(body));

    assertThat(unreadable.fault().code()).isEqualTo(-32700);
    assertThat(unreadable.fault().message()).startsWith("byte ").contains("(expected: ");
    assertThat(unreadable.tooBig()).isFalse();
  }

  @Test
  void brokenItemSpoilsTheWholeBatch() {
    String good = with("\"id\":1");

    assertThat(unreadable(read("[" + good + "," + good.replace("\"m\"", "\"m") + "]")).fault())
        .extracting(Fault::code)
        .isEqualTo(-32700);
  }

  @Test
  void invalidUtf8IsAParseError() {
    byte[] body = bytes(with("\"id\":\"?\""));
    body[new String(body, StandardCharsets.US_ASCII).indexOf('?')] = (byte) 0xff;

    assertThat(unreadable(Wire.read(body, 0, body.length, Limits.DEFAULTS)).fault().code())
        .isEqualTo(-32700);
  }

  @Test
  void depthOver64IsAParseError() {
    String allowed = with("\"id\":1,\"params\":" + "[".repeat(63) + "]".repeat(63));
    String tooDeep = with("\"id\":1,\"params\":" + "[".repeat(64) + "]".repeat(64));

    assertThat(valid(read(allowed)).params().length()).isEqualTo(126);
    assertThat(unreadable(read(tooDeep)).fault().message())
        .endsWith("(expected: at most 64 arrays and objects open)");
    assertThat(unreadable(read("[" + allowed + "]")).fault().code()).isEqualTo(-32700);
  }

  @Test
  void hundredsOfThousandsOfBracketsAreAParseError() {
    assertThat(unreadable(read("[".repeat(1_000_000))).fault().code()).isEqualTo(-32700);
    assertThat(unreadable(read("{\"a\":".repeat(200_000))).fault().code()).isEqualTo(-32700);
  }

  @Test
  void numbersOver100CharactersAreAParseError() {
    assertThat(valid(read(with("\"id\":" + "1".repeat(100)))).id().length()).isEqualTo(100);
    assertThat(unreadable(read(with("\"id\":1,\"params\":[" + "1".repeat(101) + "]"))).fault())
        .extracting(Fault::message)
        .asString()
        .endsWith("(expected: a number of at most 100 characters)");
  }

  @Test
  void moreThan1000ParamsAreAnInvalidRequestWithItsId() {
    String thousand = "[" + "0,".repeat(999) + "[" + "1,".repeat(5_000) + "1]]";
    String more = "[" + "{},".repeat(1_000) + "\"\"]";

    assertThat(valid(read(with("\"id\":1,\"params\":" + thousand))).params().text())
        .isEqualTo(thousand);
    assertThat(valid(read(with("\"id\":1,\"params\": [ ]"))).params().text()).isEqualTo("[ ]");
    Item.Invalid invalid = invalid(read(with("\"id\":7,\"params\":" + more)));
    assertThat(invalid.id().text()).isEqualTo("7");
    assertThat(invalid.fault())
        .isEqualTo(new Fault(-32600, "params: 1001 (expected: at most 1000)"));
  }

  @Test
  void messagesNeverCarryTheClientsText() {
    for (String body :
        List.of(
            with("\"id\":\"" + "SECRET".repeat(100) + "\""),
            "{\"id\":1,\"jsonrpc\":\"SECRET\",\"method\":\"m\"}",
            "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"" + "SECRET".repeat(100) + "\"}",
            "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":\"SECRET\"}",
            with("\"id\":1,\"" + "SECRET".repeat(100) + "\":0"))) {
      assertThat(invalid(read(body)).fault().message())
          .doesNotContain("SECRET")
          .hasSizeLessThan(99);
    }
    assertThat(unreadable(read("SECRET")).fault().message()).doesNotContain("SECRET");
  }

  @Test
  void limitsSayWhatCameAndWhatWasWanted() {
    assertThatThrownBy(() -> new Limits(1, 1, 1, 1, 1))
        .hasMessage("depthMax: 1 (expected: 2..1024)");
    assertThatThrownBy(() -> new Limits(2, 0, 1, 1, 1))
        .hasMessage("idBytesMax: 0 (expected: 1..2147483647)");
  }

  @Test
  void obeysTheLimitsItIsGiven() {
    Limits tight = new Limits(3, 2, 1, 4, 2);

    assertThat(unreadable(read("[{},{}]", tight)).tooBig()).isTrue();
    assertThat(invalid(read(with("\"id\":123"), tight)).fault().message())
        .startsWith("id: 3 bytes");
    assertThat(invalid(read("{\"jsonrpc\":\"2.0\",\"method\":\"abcde\"}", tight)).fault().message())
        .startsWith("method: 5 bytes");
    assertThat(invalid(read(with("\"params\":[1,2,3]"), tight)).fault().message())
        .isEqualTo("params: 3 (expected: at most 2)");
    assertThat(unreadable(read(with("\"params\":[[[]]]"), tight)).fault().code()).isEqualTo(-32700);
  }

  /** A request for the method m with these further members. */
  private static String with(String members) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"m\"," + members + "}";
  }

  private static Item notAnObject(String kind) {
    return new Item.Invalid(
        RawJson.NULL, new Fault(-32600, "request: " + kind + " (expected: an object)"));
  }

  private static Incoming read(String body) {
    return read(body, Limits.DEFAULTS);
  }

  private static Incoming read(String body, Limits limits) {
    byte[] bytes = bytes(body);
    return Wire.read(bytes, 0, bytes.length, limits);
  }

  private static Request valid(Incoming incoming) {
    assertThat(incoming).isInstanceOf(Incoming.One.class);
    Item item = ((Incoming.One) incoming).item();
    assertThat(item).isInstanceOf(Item.Valid.class);
    return ((Item.Valid) item).request();
  }

  private static Item.Invalid invalid(Incoming incoming) {
    assertThat(incoming).isInstanceOf(Incoming.One.class);
    Item item = ((Incoming.One) incoming).item();
    assertThat(item).isInstanceOf(Item.Invalid.class);
    return (Item.Invalid) item;
  }

  private static Incoming.Unreadable unreadable(Incoming incoming) {
    assertThat(incoming).isInstanceOf(Incoming.Unreadable.class);
    return (Incoming.Unreadable) incoming;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
