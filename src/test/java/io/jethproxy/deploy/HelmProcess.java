package io.jethproxy.deploy;

import com.marcnuri.helm.Helm;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Helm in a JVM of its own. It is written in Go, whose run time takes over the signals of the
 * process that it is loaded into, so that nothing can attach to that JVM any more.
 */
final class HelmProcess implements AutoCloseable {

  private static final String LINT = "lint";

  private final Process process;
  private final DataOutputStream to;
  private final DataInputStream from;

  private HelmProcess(Process process) {
    this.process = process;
    this.to = new DataOutputStream(process.getOutputStream());
    this.from = new DataInputStream(process.getInputStream());
  }

  static HelmProcess start(Path chart) {
    try {
      return new HelmProcess(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  HelmProcess.class.getName(),
                  chart.toString())
              .redirectError(Redirect.INHERIT)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What {@code helm lint --strict} objects to; empty when nothing. */
  String lint() {
    return ask(LINT);
  }

  /**
   * The manifests with these values.
   *
   * @throws IllegalArgumentException what Helm says if it refuses
   */
  String render(Path values) {
    return ask(values.toString());
  }

  private synchronized String ask(String question) {
    try {
      to.writeUTF(question);
      to.flush();
      boolean isGood = from.readBoolean();
      String answer = new String(from.readNBytes(from.readInt()), StandardCharsets.UTF_8);
      if (isGood) {
        return answer;
      }
      throw new IllegalArgumentException(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Answers questions until its standard input ends. */
  public static void main(String[] args) throws IOException {
    Path chart = Path.of(args[0]);
    DataOutputStream out = new DataOutputStream(System.out);
    System.setOut(System.err);
    DataInputStream in = new DataInputStream(System.in);
    while (true) {
      String question = in.readUTF(); // ends with an EOFException when the tests are over
      try {
        reply(out, true, question.equals(LINT) ? lint(chart) : template(chart, question));
      } catch (RuntimeException refused) {
        reply(out, false, String.valueOf(refused.getMessage()));
      }
    }
  }

  private static void reply(DataOutputStream out, boolean isGood, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeBoolean(isGood);
    out.writeInt(bytes.length);
    out.write(bytes);
    out.flush();
  }

  private static String lint(Path chart) {
    var result = new Helm(chart).lint().strict().call();
    return result.isFailed() ? String.join("\n", result.getMessages()) : "";
  }

  private static String template(Path chart, String values) {
    return new Helm(chart)
        .template()
        .withKubeVersion("1.31.0")
        .withName("rpc")
        .withNamespace("web3")
        .withValuesFile(Path.of(values))
        .call();
  }
}
