package io.jethproxy.eth;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The meaning of a filter as geth has it ({@code eth/filters}: {@code FilterCriteria} and {@code
 * includes}). Contracts are X, Y; topics A, B, C, D, E; each stands for its whole hex.
 */
public class LogFilterTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'address':'0xAB'} | {'address':['0xab','0xab'],'fromBlock':'0x1'} | true",
        "{'address':['0x1c','0x1d']} | {'address':['0x1d','0x1c'],'topics':[]} | true",
        "{'address':'0x1c'} | {'address':'0x1d'} | false",
        "{'address':'0x1c'} | {'address':'0x1c','topics':[null]} | false",
        "{} | {'address':[],'topics':null} | true",
      })
  void hasOneKeyForAllSpellings(String one, String other, boolean isSame) {
    assertThat(key(one).equals(key(other))).isEqualTo(isSame);
  }

  private static Hash key(String filter) {
    String whole = filter.replace('\'', '"').replace("\"0x", "\"0x" + "0".repeat(38));
    return LogFilter.read(
            RawJson.of(whole.replace("Block\":\"0x" + "0".repeat(38), "Block\":\"0x")))
        .orElseThrow()
        .key();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // filter | log | wanted
        "{} | X | true",
        "{} | X ABC | true",
        // addresses
        "{'address':X} | X | true",
        "{'address':X} | Y | false",
        "{'address':[X]} | X A | true",
        "{'address':[X]} | Y A | false",
        "{'address':[X,Y]} | Y A | true",
        "{'address':[Y,Y]} | X A | false",
        "{'address':[]} | X A | true",
        "{'address':null} | X A | true",
        // one position
        "{'topics':[]} | X | true",
        "{'topics':null} | X | true",
        "{'topics':[A]} | X A | true",
        "{'topics':[A]} | X B | false",
        "{'topics':[A]} | X | false",
        "{'topics':[A]} | X AB | true",
        "{'topics':[A]} | X BA | false",
        "{'topics':[[A]]} | X A | true",
        "{'topics':[[A,B]]} | X B | true",
        "{'topics':[[A,B]]} | X C | false",
        // open positions
        "{'topics':[null]} | X A | true",
        "{'topics':[null]} | X | false",
        "{'topics':[[]]} | X A | true",
        "{'topics':[[]]} | X | false",
        "{'topics':[null,B]} | X AB | true",
        "{'topics':[null,B]} | X BA | false",
        "{'topics':[A,null]} | X AB | true",
        "{'topics':[A,null]} | X A | false",
        "{'topics':[A,null,null]} | X AB | false",
        "{'topics':[A,null,null]} | X ABC | true",
        "{'topics':[A,[],C]} | X ABC | true",
        "{'topics':[A,[],C]} | X ABD | false",
        "{'topics':[[A,null]]} | X B | true",
        "{'topics':[[null]]} | X B | true",
        "{'topics':[[A,null],B]} | X CB | true",
        "{'topics':[[A,null],B]} | X AC | false",
        // several positions
        "{'topics':[A,B]} | X AB | true",
        "{'topics':[A,B]} | X BA | false",
        "{'topics':[A,B]} | X ABC | true",
        "{'topics':[[A,B],[C,D]]} | X BC | true",
        "{'topics':[[A,B],[C,D]]} | X AE | false",
        "{'topics':[A,B,C,D]} | X ABCD | true",
        "{'topics':[A,B,C,D]} | X ABCE | false",
        "{'topics':[A,B,C,D]} | X ABC | false",
        "{'topics':[null,null,null,null]} | X ABCD | true",
        // both
        "{'address':X,'topics':[A]} | X A | true",
        "{'address':X,'topics':[A]} | Y A | false",
        "{'address':X,'topics':[A]} | X B | false",
        "{'topics':[A],'address':[Y,X]} | X AB | true",
        // blocks are not looked at
        "{'fromBlock':'0x1','toBlock':'latest','address':X} | X | true",
        "{'blockHash':A,'address':X} | Y | false",
      })
  void wantsWhatGethWants(String filter, String log, boolean wanted) {
    LogFilter read = read(filter).orElseThrow();

    assertThat(read.matches(json(log(log)))).isEqualTo(wanted);
    if (wanted) {
      assertThat(read.mayMatch(Bloom.of(List.of(log(log))))).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'address':'0x12'}",
        "{'address':A}",
        "{'address':'x'}",
        "{'address':1}",
        "{'address':{}}",
        "{'address':[X,null]}",
        "{'address':[[X]]}",
        "{'address':X,'address':Y}",
        "{'Address':X}",
        "{'addr\\u0065ss':X}",
        "{'topics':A}",
        "{'topics':{}}",
        "{'topics':[X]}",
        "{'topics':['0x1']}",
        "{'topics':[1]}",
        "{'topics':[[[A]]]}",
        "{'topics':[[A,1]]}",
        "{'topics':[A,B,C,D,E]}",
        "{'topics':[null,null,null,null,null]}",
        "{'topics':[A],'topics':[B]}",
        "{'limit':5}",
      })
  void leavesToProvidersWhatItDoesNotUnderstand(String filter) {
    assertThat(read(filter)).isEmpty();
  }

  @Test
  void tellsLettersOfHexNotApart() {
    String upper = "{\"address\":\"" + address('X').replace("aa", "AA") + "\"}";

    assertThat(LogFilter.read(RawJson.of(upper)).orElseThrow().matches(json(log("X")))).isTrue();
  }

  @Test
  void readsLogsWhoseMembersComeInAnyOrder() {
    RawJson log =
        RawJson.of(
            "{ \"data\" : \"address\", \"topics\":[ \"%s\" ],\"address\" : \"%s\" }"
                .formatted(topic('A'), address('X')));

    assertThat(read("{'address':X,'topics':[A]}").orElseThrow().matches(log)).isTrue();
    assertThat(read("{'address':Y,'topics':[A]}").orElseThrow().matches(log)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | X A | true",
        "{'address':Y} | X A | false",
        "{'address':[Y,X]} | X A | true",
        "{'topics':[B]} | X A | false",
        "{'topics':[null,A]} | X A | true",
        "{'address':X,'topics':[[B,C]]} | X A | false",
        "{'address':X,'topics':[[],[B,A]]} | X A | true",
      })
  void asksTheBloomWhetherABlockIsWorthALook(String filter, String log, boolean worth) {
    assertThat(read(filter).orElseThrow().mayMatch(Bloom.of(List.of(log(log))))).isEqualTo(worth);
  }

  @Test
  void takesManyChoicesUpToABound() {
    assertThat(LogFilter.read(RawJson.of(addresses(1_000)))).isPresent();
    assertThat(LogFilter.read(RawJson.of(addresses(1_000))).orElseThrow().mayMatch(Bloom.EMPTY))
        .isTrue();
    assertThat(LogFilter.read(RawJson.of(addresses(1_001)))).isEmpty();
  }

  private static String addresses(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"0x%040x\"".formatted(i))
        .collect(Collectors.joining(",", "{\"address\":[", "]}"));
  }

  private static Optional<LogFilter> read(String filter) {
    return LogFilter.read(RawJson.of(spelled(filter)));
  }

  /** With the hex that letters outside of words stand for. */
  private static String spelled(String letters) {
    StringBuilder json = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < letters.length(); i++) {
      char c = letters.charAt(i);
      quoted ^= c == '\'';
      if (!quoted && (c == 'X' || c == 'Y')) {
        json.append('"').append(address(c)).append('"');
      } else if (!quoted && c >= 'A' && c <= 'E') {
        json.append('"').append(topic(c)).append('"');
      } else {
        json.append(c == '\'' ? '"' : c);
      }
    }
    return json.toString();
  }

  /** A contract and the letters of its topics. */
  public static Log log(String text) {
    byte[] address = data(address(text.charAt(0)));
    List<Hash> topics =
        text.length() < 2
            ? List.of()
            : text.substring(2).chars().mapToObj(c -> Hash.of(topic((char) c))).toList();
    return new Log(address, topics, new byte[] {1});
  }

  public static String address(char contract) {
    return Hex.text(filled(20, contract == 'X' ? 0xaa : 0xbb));
  }

  public static String topic(char letter) {
    return Hex.text(filled(32, letter));
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static byte[] data(String hex) {
    byte[] ascii = hex.getBytes(StandardCharsets.US_ASCII);
    return Hex.data(ascii, 0, ascii.length).orElseThrow();
  }

  private static RawJson json(Log log) {
    return RawJson.of(
        log.topics().stream()
            .map(topic -> "\"" + topic + "\"")
            .collect(
                Collectors.joining(
                    ",",
                    "{\"address\":\"" + Hex.text(log.address()) + "\",\"topics\":[",
                    "],\"data\":\"0x01\"}")));
  }
}
