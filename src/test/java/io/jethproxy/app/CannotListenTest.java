package io.jethproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What who starts the program is told when an address cannot be had. */
class CannotListenTest {

  private static final Map<String, String> USUAL =
      Map.of(
          "RPC_PROVIDERS_HTTP", "http://127.0.0.1:9",
          "HOST", "127.0.0.1",
          "PORT", "0",
          "MANAGEMENT_PORT", "0");

  @Test
  void namesAPortThatIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());

      assertThat(said("PORT", port))
          .endsWith(
              "jeth-proxy: cannot listen on 127.0.0.1:"
                  + port
                  + ": another program listens there (expected: a free port);"
                  + " HOST and PORT choose another");
      assertThat(said("MANAGEMENT_PORT", port))
          .contains("127.0.0.1:" + port + ": another program listens there")
          .endsWith("; MANAGEMENT_HOST and MANAGEMENT_PORT choose another");
    }
  }

  @Test
  void namesAnAddressThatIsNotOfThisMachine() throws Exception {
    assertThat(said("HOST", "192.0.2.1"))
        .endsWith(
            "jeth-proxy: cannot listen on 192.0.2.1:0: not here (expected: an address of this"
                + " machine); HOST and PORT choose another");
    assertThat(said("HOST", "2001:db8::1")).contains(" [2001:db8::1]:0: ");
    assertThat(said("MANAGEMENT_HOST", "192.0.2.1"))
        .contains("192.0.2.1:0: not here")
        .endsWith("; MANAGEMENT_HOST and MANAGEMENT_PORT choose another");
  }

  private static String said(String variable, String value) throws Exception {
    Map<String, String> environment = new HashMap<>(USUAL);
    environment.put(variable, value);
    try (Program program = Program.start(environment, "serve")) {
      assertThat(program.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(program.process().exitValue()).isEqualTo(1);
      return program.text().strip();
    }
  }
}
