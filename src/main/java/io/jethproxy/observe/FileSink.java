package io.jethproxy.observe;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Appends to a file, and opens it again when it was deleted, rotated away or could not be opened:
 * at most once per second, so that a failing disk costs little.
 */
final class FileSink implements LogSink {

  private static final long CHECK_MILLIS = 1_000;

  private final Path path;
  private @Nullable LineChannel open;
  private @Nullable Object openKey;
  private boolean everChecked;
  private long checkedAtMillis;

  FileSink(Path path) {
    this.path = path;
  }

  @Override
  public String name() {
    return path.toString();
  }

  @Override
  public void write(ByteBuffer line, long epochMillis) throws IOException {
    // The wall clock may jump: any distance from the last check counts.
    if (!everChecked || Math.abs(epochMillis - checkedAtMillis) >= CHECK_MILLIS) {
      everChecked = true;
      checkedAtMillis = epochMillis;
      check();
    }
    if (open == null) {
      throw new IOException("log file is not open");
    }
    open.write(line, epochMillis);
  }

  private void check() throws IOException {
    if (open != null && isStillThere()) {
      return;
    }
    close();
    FileChannel channel = FileChannel.open(path, CREATE, WRITE, APPEND);
    open = new LineChannel(name(), channel);
    openKey = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  private boolean isStillThere() {
    try {
      Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      return key == null || key.equals(openKey);
    } catch (NoSuchFileException deleted) {
      return false;
    } catch (IOException unknown) {
      return true; // the path cannot be looked at; the open file is the best there is
    }
  }

  @Override
  public void close() throws IOException {
    LineChannel closing = open;
    open = null;
    if (closing != null) {
      closing.close();
    }
  }
}
