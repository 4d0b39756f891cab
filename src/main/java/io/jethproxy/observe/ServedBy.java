package io.jethproxy.observe;

import java.util.Locale;

/** What kind of part an outcome came from. */
enum ServedBy {
  /** A provider that this very call asked. */
  PROVIDER,
  /** A provider, asked by another call with the same question. */
  SHARED,
  CACHE,
  /** The newest blocks that the gateway keeps. */
  CHAIN,
  /** The gateway knew it. */
  LOCAL,
  /** Nobody: the gateway declined or gave up. */
  NONE;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static ServedBy of(Concluded concluded) {
    return switch (concluded.by()) {
      case "" -> NONE;
      case "Cache", "cache" -> CACHE;
      case "chain" -> CHAIN;
      case "AnswerLocally", "local" -> LOCAL;
      default -> concluded.call().journal().attempts().isEmpty() ? SHARED : PROVIDER;
    };
  }
}
