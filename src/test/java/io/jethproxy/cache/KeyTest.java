package io.jethproxy.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.RawJson;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTest {

  private static final String ADDRESS = "0x00000000219AB540356CBB839CBE05303D7705FA";

  private static Key key(String params) {
    return Objects.requireNonNull(find(1, "eth_call", params), () -> "no key for " + params);
  }

  private static @Nullable Key find(long chainId, String method, String params) {
    return Key.of(chainId, method, params.isEmpty() ? RawJson.ABSENT : RawJson.of(params));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1,2]                          | [ 1 ,\t2 ]",
        "[]                             | [ ]",
        "[]                             | ''",
        "[{}]                           | [ { } ]",
        "[{\"a\":1,\"b\":2}]            | [ {\"b\" : 2, \"a\" : 1} ]",
        "[{\"b\":{\"y\":[],\"x\":0}}]   | [{\"b\":{\"x\":0,\"y\":[ ]}}]",
        "[{\"c\":1,\"a\":{\"z\":1},\"b\":[{\"e\":1,\"d\":2}]}]"
            + " | [{\"a\":{\"z\":1},\"b\":[{\"d\":2,\"e\":1}],\"c\":1}]",
        "[\"0x00000000219AB540356CBB839CBE05303D7705FA\"]"
            + " | [\"0x00000000219ab540356cbb839cbe05303d7705fa\"]",
        "[\"0xAA00000000000000000000000000000000000000000000000000000000000001\"]"
            + " | [\"0xaa00000000000000000000000000000000000000000000000000000000000001\"]",
      })
  void takesEqualQuestionsForOne(String one, String other) {
    assertThat(key(one)).isEqualTo(key(other)).hasSameHashCodeAs(key(other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[\"0x01\"]                     | [\"0x1\"]",
        "[\"0x1\"]                      | [1]",
        "[1]                            | [1.0]",
        "[1]                            | [1e0]",
        "[9007199254740993]             | [9007199254740992]",
        "[18446744073709551617]         | [18446744073709551616]",
        "[\"a\"]                        | [[\"a\"]]",
        "[\"a\",\"b\"]                  | [[\"a\",\"b\"]]",
        "[\"a\",\"b\"]                  | [\"b\",\"a\"]",
        "[[\"a\"],\"b\"]                | [[\"a\",\"b\"]]",
        "[{}]                           | [{},\"latest\"]",
        "[{}]                           | [[]]",
        "[null]                         | []",
        "[\"\"]                         | []",
        "[\"null\"]                     | [null]",
        "[true]                         | [false]",
        "[\"a b\"]                      | [\"ab\"]",
        "[\"a\\\"b\"]                   | [\"a\\\\b\"]",
        "[\"A\"]                        | [\"a\"]",
        "[\"0xAB\"]                     | [\"0xab\"]",
        "[{\"a\":1}]                    | [{\"A\":1}]",
        "[{\"a\":1,\"b\":2}]            | [{\"a\":2,\"b\":1}]",
        "[{\"a\":\"b\"}]                | [{\"a\":[\"b\"]}]",
        "[\"0XAA00000000219ab540356cbb839cbe05303d7705\"]"
            + " | [\"0xaa00000000219ab540356cbb839cbe05303d7705\"]",
      })
  void tellsOtherQuestionsApart(String one, String other) {
    assertThat(key(one)).isNotEqualTo(key(other));
  }

  @Test
  void tellsChainsAndMethodsApart() {
    Key key = key("[]");

    assertThat(find(2, "eth_call", "[]")).isNotEqualTo(key);
    assertThat(find(1, "eth_cal", "[]")).isNotEqualTo(key);
    assertThat(find(1, "eth_call", "[]")).isEqualTo(key);
  }

  /** Nodes take the first, the last, either letter case, or refuse. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"to\":\"a\",\"to\":\"b\"}]",
        "[{\"to\":\"a\",\"to\":\"a\"}]",
        "[{\"x\":{\"to\":1,\"a\":2,\"to\":1}}]",
        "[{\"to\":\"a\",\"TO\":\"b\"}]",
        "[{\"t\\u006f\":\"a\"}]",
        "[{\"toBloc\u212a\":\"a\"}]",
        "{\"a\":1,\"b\":2,\"A\":3}",
      })
  void doesNotJudgeWhatNodesReadDifferently(String params) {
    assertThat(find(1, "eth_call", params)).isNull();
  }

  @Test
  void foldsAnAddressThatIsAName() {
    String lower = ADDRESS.toLowerCase(java.util.Locale.ROOT);

    assertThat(key("[{\"" + ADDRESS + "\":{}}]")).isEqualTo(key("[{\"" + lower + "\":{}}]"));
    assertThat(find(1, "eth_call", "[{\"" + ADDRESS + "\":1,\"" + lower + "\":2}]")).isNull();
  }

  @Test
  void leavesLongParamsAlone() {
    String most = "[\"" + "a".repeat(Key.PARAMS_BYTES_MAX - 4) + "\"]";

    assertThat(find(1, "eth_call", most)).isNotNull();
    assertThat(find(1, "eth_call", " " + most)).isNull();
  }

  @Test
  void readsASliceOfALargerText() {
    byte[] request =
        "{\"params\":[1, 2],\"id\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    assertThat(Key.of(1, "eth_call", new RawJson(request, 10, 16))).isEqualTo(key("[1,2]"));
  }
}
