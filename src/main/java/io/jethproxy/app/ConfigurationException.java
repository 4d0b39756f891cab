package io.jethproxy.app;

/** The configuration asks for something that cannot be; the message is for the user. */
public final class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ConfigurationException(String message) {
    super(message);
  }
}
