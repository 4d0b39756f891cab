package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class DiscretionTest {

  private static final String SECRET = "abcd1234";

  private final Discretion discretion = discretion();

  @Test
  void leavesAnErrorWithoutSecretsExactlyAsItCame() {
    Fault fault = new Fault(-32000, "nonce too low", RawJson.of("{\"next\": 7}"));

    assertThat(discretion.apply(fault)).isSameAs(fault);
  }

  @Test
  void takesSecretsOutOfMessageAndData() {
    Fault fault =
        new Fault(-32000, "see /v2/" + SECRET + "!", RawJson.of("{\"key\":\"" + SECRET + "\"}"));

    Fault shown = discretion.apply(fault);

    assertThat(shown.code()).isEqualTo(-32000);
    assertThat(shown.message()).isEqualTo("see /v2/***!");
    assertThat(shown.data().text()).isEqualTo("{\"key\":\"***\"}");
  }

  @Test
  void neverTouchesWhatAContractSays() {
    RawJson data = RawJson.of("\"0x08c379a0" + SECRET + "00\"");

    Fault shown = discretion.apply(new Fault(3, "execution reverted " + SECRET, data));

    assertThat(shown.data()).isSameAs(data);
    assertThat(shown.message()).isEqualTo("execution reverted ***");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          see https://rpc.acme.dev/v2/k3y?x=1 for more      | see *** for more
          wss://node:pw@10.0.0.1/ws closed                  | *** closed
          dial tcp 10.1.2.3:8545: refused                   | dial tcp ***: refused
          host eth-7.eu-west.acme.com.                      | host ***.
          geth.mainnet.svc.cluster.local:8545 said no       | *** said no
          at localhost:8545                                 | at ***
          connect [2001:db8::1]:8545                        | connect ***
          (node-3.acme.io)                                  | (***)
          """)
  void takesOutWhereAProviderIs(String said, String shown) {
    assertThat(discretion.apply(new Fault(-32000, said)).message()).isEqualTo(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "use at least tx.gasPrice = 19500000000 wei",
        "gas 0.5 of 1.25, fee 3.0.1",
        "nonce too low: address 0x71562b71999873DB5b286dF957af199Ec94617F7, tx: 0 state: 1",
        "vitalik.eth is no address. Try again: yes",
        "transaction 0.0.3041916@1717691931.680570179 failed precheck",
        "[Request ID: 9dd78806] invalid opcode: opcode 0xfe not defined",
        "eth_call: json: cannot unmarshal",
      })
  void leavesTheWordsOfTheChain(String said) {
    Fault fault = new Fault(-32000, said, RawJson.of("{\"said\":\"" + said + "\"}"));

    assertThat(discretion.apply(fault)).isSameAs(fault);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"url\":\"https:\\/\\/acme.dev\\/v2\",\"n\":1}",
        "{\"said\":\"at \\\"http://acme.dev/x\\\" and\\nmore\"}",
        "\"http://acme.dev/\"",
        "[\"10.0.0.1:80\",\"a\"]"
      })
  void dataStaysJson(String data) {
    String shown = discretion.apply(new Fault(-32000, "no", RawJson.of(data))).data().text();

    assertThat(shown).contains("***").doesNotContain("acme").doesNotContain("10.0");
    JsonMapper.shared().readTree(shown);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://a", "a.", "a-", "\\/", "1.1.1.1", "://", "[::", "https:\\/\\/"})
  @Timeout(10)
  void longTextIsReadThrough(String piece) {
    Fault fault = new Fault(-32000, piece.repeat(200_000), RawJson.of("{}"));

    assertThat(discretion.apply(fault).code()).isEqualTo(-32000);
  }

  @Test
  void aRevertMayNameAPage() {
    Fault revert =
        new Fault(3, "execution reverted: see https://acme.dev", RawJson.of("\"0x08c379a0\""));

    assertThat(discretion.apply(revert)).isSameAs(revert);
  }

  private static Discretion discretion() {
    Secrets secrets = new Secrets();
    secrets.learn(List.of(SECRET));
    return new Discretion(secrets);
  }
}
