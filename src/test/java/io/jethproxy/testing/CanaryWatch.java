package io.jethproxy.testing;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Looks, after every test class of the whole run, for the secrets of {@link Canaries#ofSuite} in
 * what was written to stdout and stderr, in the thread dump and on the command line. Registers
 * itself (META-INF/services). As classes run beside each other, the class that fails may not be the
 * one that wrote.
 */
public final class CanaryWatch implements BeforeAllCallback, AfterAllCallback {

  private static final Namespace NAMESPACE = Namespace.create(CanaryWatch.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    output(context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    List<String> found = output(context).findings();
    if (!found.isEmpty()) {
      throw new AssertionError(
          "secrets were seen outside, during "
              + context.getDisplayName()
              + " or a class beside it:\n  "
              + String.join("\n  ", found));
    }
  }

  private static Output output(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(Output.class, _ -> new Output(CanaryHunt.ofSuite()), Output.class);
  }

  /** The output of this JVM, watched from its construction until it is closed. */
  static final class Output implements AutoCloseable {

    private final CanaryHunt hunt;
    private final PrintStream stdout = System.out;
    private final PrintStream stderr = System.err;
    private final CanaryTee out;
    private final CanaryTee err;

    Output(CanaryHunt hunt) {
      this.hunt = hunt.watchThreads().watchCommandLine(ProcessHandle.current().pid());
      this.out = new CanaryTee("stdout", stdout, hunt);
      this.err = new CanaryTee("stderr", stderr, hunt);
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    synchronized List<String> findings() {
      out.look();
      err.look();
      return hunt.findings();
    }

    @Override
    public void close() {
      System.setOut(stdout);
      System.setErr(stderr);
    }
  }
}
