package io.jethproxy.server;

/** The codes of RFC 6455, and of its registry, that the gateway closes WebSockets with. */
final class CloseCode {

  static final int PROTOCOL = 1002;
  static final int NOT_TEXT = 1003;

  /** Stands for a close frame without a code; never sent. */
  static final int NONE = 1005;

  static final int NOT_UTF8 = 1007;
  static final int POLICY = 1008;
  static final int TOO_BIG = 1009;
  static final int DEFECT = 1011;
  static final int RESTART = 1012;
  static final int LATER = 1013;

  private CloseCode() {}
}
