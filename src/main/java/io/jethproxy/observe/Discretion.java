package io.jethproxy.observe;

import io.jethproxy.rpc.Fault;
import io.jethproxy.rpc.RawJson;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes known secrets and addresses (URLs, hosts, IPs) out of a provider's error before a client
 * gets it; an error without any stays exactly as it came. What a contract reverts with is the
 * chain's: its text loses known secrets only, and its hexadecimal data is never touched, since a
 * short secret could be in it by chance.
 */
public final class Discretion implements UnaryOperator<Fault> {

  private static final int REVERT = 3;

  /** Only what is surely a place on a network: {@code tx.gasPrice} and versions stay. */
  private static final Pattern PLACE =
      Pattern.compile(
          "(?i)\\b[a-z][a-z0-9+.-]{1,15}:(?:/|\\\\/){2}[^\\s\"'<>\\\\]*+(?:\\\\/[^\\s\"'<>\\\\]*+){0,64}+"
              + "|(?<![\\w.-])(?:[a-z0-9-]{1,63}\\.){1,8}(?:com|net|org|io|co|dev|xyz|network|cloud"
              + "|pro|live|app|ai|gg|sh|info|tech|top|zone|city|link|online|site|tools|us|eu"
              + "|internal|local|localdomain|lan)(?![\\w-])(?::\\d{1,5}+)?+"
              + "|(?<![\\w.-])localhost(?![\\w-])(?::\\d{1,5}+)?+"
              + "|(?<![\\w.])\\d{1,3}(?:\\.\\d{1,3}){3}(?![\\w.]\\w)(?::\\d{1,5}+)?+"
              + "|\\[[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}](?::\\d{1,5}+)?+");

  private final Secrets secrets;

  public Discretion(Secrets secrets) {
    this.secrets = secrets;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // scrubbing gives the same object when there is nothing
  public Fault apply(Fault fault) {
    boolean placeless = isRevert(fault);
    String message = scrubbed(fault.message(), placeless);
    RawJson data = scrubbed(fault.data(), placeless);
    return message == fault.message() && data == fault.data()
        ? fault
        : new Fault(fault.code(), message, data);
  }

  @SuppressWarnings("ReferenceEquality")
  private RawJson scrubbed(RawJson data, boolean placeless) {
    if (data.isAbsent() || data.isNull() || isHex(data)) {
      return data;
    }
    String text = data.text();
    String scrubbed = scrubbed(text, placeless);
    return scrubbed == text ? data : RawJson.of(scrubbed);
  }

  /** The same object when there was nothing to take out. */
  private String scrubbed(String text, boolean placeless) {
    String scrubbed = secrets.scrub(text);
    if (placeless) {
      return scrubbed;
    }
    Matcher places = PLACE.matcher(scrubbed);
    return places.find() ? places.replaceAll(Secrets.MASK) : scrubbed;
  }

  /** Contracts choose their own words, addresses of web pages among them. */
  private static boolean isRevert(Fault fault) {
    return fault.code() == REVERT
        || fault.message().startsWith("execution reverted")
        || fault.message().startsWith("VM Exception");
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
