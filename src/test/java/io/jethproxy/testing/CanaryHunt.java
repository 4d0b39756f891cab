package io.jethproxy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Looks for secrets in everything that leaves the process, in every form in which they may have
 * been written: raw, URL-encoded, base64 at any offset, upper and lower case, first and last eight
 * characters. Remembers where it found them, at most 100 places, never the texts.
 */
public final class CanaryHunt implements BiConsumer<String, String> {

  private static final int FINDINGS_MAX = 100;
  private static final long FILE_BYTES_MAX = 64L << 20;
  private static final int EXCERPT_BEFORE = 60;

  private record Form(String secret, String kind, String needle) {}

  private record Source(String where, Supplier<String> text) {}

  private final List<Form> forms = new ArrayList<>();
  private final List<Source> sources = new CopyOnWriteArrayList<>();
  private final Set<String> findings = new LinkedHashSet<>();

  private CanaryHunt(Map<String, String> secretsByName) {
    secretsByName.forEach(this::addForms);
  }

  /** A hunt for the secrets of the suite. */
  public static CanaryHunt ofSuite() {
    return new CanaryHunt(Canaries.ofSuite().byName());
  }

  /** A hunt for other secrets, each at least 12 characters long. */
  public static CanaryHunt of(Map<String, String> secretsByName) {
    return new CanaryHunt(secretsByName);
  }

  /** Looks through a text now; it is not kept. */
  public void look(String where, String text) {
    for (Form form : forms) {
      int at = text.indexOf(form.needle());
      if (at >= 0) {
        found(where, form, text, at);
      }
    }
  }

  /** The same as {@link #look}, to be handed to whoever captures texts. */
  @Override
  public void accept(String where, String text) {
    look(where, text);
  }

  /** Looks here when {@link #assertNone} is called. */
  public CanaryHunt watch(String where, Supplier<String> text) {
    sources.add(new Source(where, text));
    return this;
  }

  /** Looks through the last 64 MiB of a file, once it exists. */
  public CanaryHunt watchFile(Path file) {
    return watch("file " + file.getFileName(), () -> tail(file));
  }

  /** Looks at what a GET gives, such as {@code /metrics} or {@code /status}. */
  public CanaryHunt watchUrl(URI uri) {
    return watch(
        "GET " + uri.getPath(),
        () -> {
          try (RpcClient client = new RpcClient(uri.resolve("/"))) {
            RpcClient.Answered answered = client.get(uri.getPath());
            return answered.headers() + "\n" + answered.text();
          }
        });
  }

  /** Looks at the names and stacks of this process's platform threads. */
  public CanaryHunt watchThreads() {
    return watch(
        "thread dump",
        () ->
            Thread.getAllStackTraces().entrySet().stream()
                .map(entry -> entry.getKey() + " " + List.of(entry.getValue()))
                .collect(Collectors.joining("\n")));
  }

  /** Looks at the command line that the process list shows. */
  public CanaryHunt watchCommandLine(long pid) {
    return watch(
        "command line of process " + pid,
        () -> tail(Path.of("/proc", Long.toString(pid), "cmdline")));
  }

  /** Looks everywhere and gives what was found since the last call, one line each. */
  public List<String> findings() {
    sources.forEach(source -> look(source.where(), source.text().get()));
    synchronized (findings) {
      List<String> found = List.copyOf(findings);
      findings.clear();
      return found;
    }
  }

  /** Looks everywhere; fails with every place in which a secret was seen, without the secrets. */
  public void assertNone() {
    List<String> found = findings();
    if (!found.isEmpty()) {
      throw new AssertionError("secrets were seen outside:\n  " + String.join("\n  ", found));
    }
  }

  /** The length of the longest form: two pieces of a stream must overlap by as much. */
  int longestForm() {
    return forms.stream().mapToInt(form -> form.needle().length()).max().orElse(0);
  }

  private void addForms(String name, String secret) {
    if (secret.length() < 12) {
      throw new IllegalArgumentException(name + ": too short (expected: at least 12 characters)");
    }
    forms.add(new Form(name, "raw", secret));
    forms.add(new Form(name, "upper case", secret.toUpperCase(Locale.ROOT)));
    forms.add(new Form(name, "lower case", secret.toLowerCase(Locale.ROOT)));
    forms.add(new Form(name, "URL-encoded", percentEncoded(secret)));
    for (int offset = 0; offset < 3; offset++) {
      forms.add(new Form(name, "base64", base64(secret, offset)));
    }
    forms.add(new Form(name, "first 8", secret.substring(0, 8)));
    forms.add(new Form(name, "last 8", secret.substring(secret.length() - 8)));
  }

  private static String percentEncoded(String secret) {
    return java.net.URLEncoder.encode(secret, StandardCharsets.UTF_8);
  }

  /** The characters that depend on the secret alone when it begins {@code offset} bytes in. */
  private static String base64(String secret, int offset) {
    byte[] padded = (" ".repeat(offset) + secret).getBytes(StandardCharsets.UTF_8);
    String encoded = Base64.getEncoder().withoutPadding().encodeToString(padded);
    int from = (offset * 8 + 5) / 6;
    int to = padded.length * 8 / 6;
    return encoded.substring(from, to);
  }

  private void found(String where, Form form, String text, int at) {
    String before = text.substring(Math.max(0, at - EXCERPT_BEFORE), at);
    for (Form any : forms) {
      before = before.replace(any.needle(), "‹" + any.secret() + "›");
    }
    String finding =
        "%s: %s of %s after \"%s\""
            .formatted(where, form.kind(), form.secret(), before.replace("\n", "\\n"));
    synchronized (findings) {
      if (findings.size() < FINDINGS_MAX) {
        findings.add(finding);
      }
    }
  }

  private static String tail(Path file) {
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      channel.position(Math.max(0, channel.size() - FILE_BYTES_MAX));
      return new String(
          Channels.newInputStream(channel).readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
