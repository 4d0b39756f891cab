package io.jethproxy.server;

import java.util.Locale;

/** Why a WebSocket ended. */
enum Parting {
  /** The client closed it. */
  CLIENT,
  /** The connection broke, or the client left without a word. */
  GONE,
  /** The client said what may not be said. */
  PROTOCOL,
  TOO_BIG,
  /** The client sends a message too slowly. */
  LATE,
  /** The client takes too slowly what it is told. */
  SLOW,
  /** What the client was to be told could not be had. */
  LOST,
  /** Nothing came from the client any more. */
  SILENT,
  /** There was no memory. */
  FULL,
  DEFECT,
  /** The gateway stops. */
  DRAINING;

  /** What a breach with this code is to be counted as. */
  static Parting of(int closeCode) {
    return switch (closeCode) {
      case CloseCode.TOO_BIG -> TOO_BIG;
      case CloseCode.LATER -> FULL;
      default -> PROTOCOL;
    };
  }

  private final String label = name().toLowerCase(Locale.ROOT);

  String label() {
    return label;
  }
}
