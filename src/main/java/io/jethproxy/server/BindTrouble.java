package io.jethproxy.server;

import java.net.InetSocketAddress;
import java.util.Locale;

/** Why an address cannot be listened on, in words for who started the program. */
final class BindTrouble {

  private BindTrouble() {}

  /**
   * What came and what was wanted.
   *
   * @param host as it was configured
   * @param cause the system's own words, which differ between systems
   */
  static String of(String host, InetSocketAddress address, Throwable cause) {
    String bracketed = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return bracketed + ":" + address.getPort() + ": " + why(address, cause);
  }

  private static String why(InetSocketAddress address, Throwable cause) {
    if (address.isUnresolved()) {
      return "no such host (expected: an address of this machine)";
    }
    String said = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (said.contains("in use")) {
      return "another program listens there (expected: a free port)";
    }
    if (said.contains("assign requested address")) {
      return "not here (expected: an address of this machine)";
    }
    if (said.contains("permission denied")) {
      return "not allowed for this user (expected: a port from 1024)";
    }
    return "the system does not allow it (expected: an address of this machine and a free port)";
  }
}
