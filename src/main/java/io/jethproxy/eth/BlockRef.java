package io.jethproxy.eth;

import java.util.Optional;

/** Which block a request asks for. */
public sealed interface BlockRef {

  /** A height, not negative. */
  @SuppressWarnings("AvoidCommonTypeNames") // always written BlockRef.Number
  record Number(long number) implements BlockRef {}

  record ByHash(Hash hash) implements BlockRef {}

  /** A block that moves with the chain, or the first one. */
  record Tag(Kind kind) implements BlockRef {

    /** The words of the protocol. */
    public enum Kind {
      LATEST("latest"),
      PENDING("pending"),
      SAFE("safe"),
      FINALIZED("finalized"),
      EARLIEST("earliest");

      private final String text;

      Kind(String text) {
        this.text = text;
      }

      /** The word on the wire. */
      public String text() {
        return text;
      }

      /** The kind with exactly this word. */
      public static Optional<Kind> of(String text) {
        for (Kind kind : values()) {
          if (kind.text.equals(text)) {
            return Optional.of(kind);
          }
        }
        return Optional.empty();
      }
    }
  }

  /** From one block to another, both included; each is a {@link Number} or a {@link Tag}. */
  record Range(BlockRef from, BlockRef to) implements BlockRef {}

  /** No block, or none that can be read from the params. */
  record None() implements BlockRef {}

  Tag LATEST = new Tag(Tag.Kind.LATEST);
  None NONE = new None();
}
