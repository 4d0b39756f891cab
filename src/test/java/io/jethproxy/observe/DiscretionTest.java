package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.util.List;
import org.junit.jupiter.api.Test;

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

  private static Discretion discretion() {
    Secrets secrets = new Secrets();
    secrets.learn(List.of(SECRET));
    return new Discretion(secrets);
  }
}
