package io.jethproxy.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Passes a stream on and looks through it for secrets; keeps at most 64 KiB at a time. */
final class CanaryTee extends OutputStream {

  private static final int PIECE_BYTES = 1 << 16;

  private final String where;
  private final OutputStream onwards;
  private final CanaryHunt hunt;
  private final ByteArrayOutputStream piece = new ByteArrayOutputStream();

  CanaryTee(String where, OutputStream onwards, CanaryHunt hunt) {
    this.where = where;
    this.onwards = onwards;
    this.hunt = hunt;
  }

  @Override
  public synchronized void write(int b) throws IOException {
    onwards.write(b);
    piece.write(b);
    lookWhenFull();
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int length) throws IOException {
    onwards.write(bytes, from, length);
    piece.write(bytes, from, length);
    lookWhenFull();
  }

  @Override
  public void flush() throws IOException {
    onwards.flush();
  }

  /** Looks through what has been written so far. */
  synchronized void look() {
    String text = piece.toString(StandardCharsets.ISO_8859_1);
    hunt.look(where, text);
    int overlap = Math.min(text.length(), hunt.longestForm() - 1);
    piece.reset();
    piece.writeBytes(text.substring(text.length() - overlap).getBytes(StandardCharsets.ISO_8859_1));
  }

  private void lookWhenFull() {
    if (piece.size() >= PIECE_BYTES) {
      look();
    }
  }
}
