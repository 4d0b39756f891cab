package io.jethproxy.fleet;

/**
 * A text that no log, message or page may show: a provider's URL, key or header value.
 *
 * @param reveal the text itself; only the code that puts it on the wire may ask for it
 */
public record Secret(String reveal) {

  @Override
  public String toString() {
    return "***";
  }
}
