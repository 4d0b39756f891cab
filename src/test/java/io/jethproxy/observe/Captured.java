package io.jethproxy.observe;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A stdout whose bytes a test can read. */
final class Captured extends ByteArrayOutputStream {

  synchronized String text() {
    return toString(StandardCharsets.UTF_8);
  }

  List<String> lines() {
    return text().lines().toList();
  }
}
