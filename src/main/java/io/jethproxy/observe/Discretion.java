package io.jethproxy.observe;

import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.util.function.UnaryOperator;

/**
 * Takes known secrets out of a provider's error before a client gets it; an error without any stays
 * exactly as it came. Hexadecimal data, such as what a contract reverts with, is never touched: it
 * is the chain's, and a short secret could be in it by chance.
 */
public final class Discretion implements UnaryOperator<Fault> {

  private final Secrets secrets;

  public Discretion(Secrets secrets) {
    this.secrets = secrets;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // scrubbing gives the same object when there is nothing
  public Fault apply(Fault fault) {
    String message = secrets.scrub(fault.message());
    RawJson data = scrubbed(fault.data());
    return message == fault.message() && data == fault.data()
        ? fault
        : new Fault(fault.code(), message, data);
  }

  @SuppressWarnings("ReferenceEquality")
  private RawJson scrubbed(RawJson data) {
    if (data.isAbsent() || data.isNull() || isHex(data)) {
      return data;
    }
    String text = data.text();
    String scrubbed = secrets.scrub(text);
    return scrubbed == text ? data : RawJson.of(scrubbed);
  }

  private static boolean isHex(RawJson data) {
    byte[] bytes = data.bytes();
    int last = data.to() - 1;
    if (data.length() < 4 || bytes[data.from()] != '"' || bytes[data.from() + 1] != '0') {
      return false;
    }
    for (int i = data.from() + 3; i < last; i++) {
      if (Character.digit(bytes[i], 16) < 0) {
        return false;
      }
    }
    return bytes[data.from() + 2] == 'x' && bytes[last] == '"';
  }
}
