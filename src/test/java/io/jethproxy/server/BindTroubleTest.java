package io.jethproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindTroubleTest {

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @ParameterizedTest
  @CsvSource({
    "bind(..) failed with error(-98): Address already in use, another program listens there",
    "Cannot assign requested address,                         not here",
    "Can't assign requested address,                          not here",
    "bind(..) failed with error(-13): Permission denied,      not allowed for this user",
    "something else,                                          the system does not allow it",
  })
  void saysItInItsOwnWords(String system, String ours) {
    String said =
        BindTrouble.of("::1", new InetSocketAddress(LOOPBACK, 80), new BindException(system));

    assertThat(said).startsWith("[::1]:80: " + ours + " (expected: ").doesNotContain("error(");
  }

  @Test
  void saysThatAHostIsUnknown() {
    InetSocketAddress unknown = InetSocketAddress.createUnresolved("nowhere.invalid", 80);

    assertThat(BindTrouble.of("nowhere.invalid", unknown, new BindException()))
        .isEqualTo("nowhere.invalid:80: no such host (expected: an address of this machine)");
  }
}
