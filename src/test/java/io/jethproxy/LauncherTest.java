package io.jethproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the real launcher in a folder with blanks, with a JDK and a build that only take notes. */
@Timeout(60)
class LauncherTest {

  private static final Path REAL =
      Path.of(System.getProperty("project.directory", "."), "jeth-proxy");

  @TempDir private Path temp;
  private Path root;
  private Path jdk;

  private record Run(int status, String out, String err, long pid) {}

  @BeforeEach
  void arrange() throws IOException {
    root = Files.createDirectories(temp.resolve("a folder with blanks"));
    Files.copy(REAL, root.resolve("jeth-proxy"));
    assertThat(root.resolve("jeth-proxy").toFile().setExecutable(true)).isTrue();
    Files.writeString(root.resolve("pom.xml"), "<project/>");
    Files.createDirectories(root.resolve("src/main"));
    Files.writeString(root.resolve("src/main/Some.java"), "class Some {}");
    script(
        root.resolve("mvnw"),
        "echo built >>builds; echo \"$JAVA_HOME\" >builder; sleep 0.2; mkdir -p target",
        "echo jar >target/jeth-proxy.jar");
    jdk = jdk("jdk 25", "25.0.3");
  }

  @Test
  void buildsSilentlyOnFirstUseAndNotAgain() throws Exception {
    Run first = run("serve");
    Run second = run("serve");

    assertThat(first.err()).isEmpty();
    assertThat(first.out()).endsWith("[serve]");
    assertThat(second.status()).isZero();
    assertThat(builds()).isEqualTo(1);
    assertThat(Files.readString(root.resolve("builder"))).isEqualTo(jdk + "\n");
  }

  @Test
  void buildsAgainWhenASourceChangesOrGoes() throws Exception {
    run("serve");

    Files.setLastModifiedTime(
        root.resolve("src/main/Some.java"), FileTime.from(Instant.now().plusSeconds(1)));
    run("serve");
    assertThat(builds()).isEqualTo(2);

    Files.setLastModifiedTime(root.resolve("src/main/Some.java"), FileTime.fromMillis(0));
    run("serve");
    assertThat(builds()).isEqualTo(2);

    Files.delete(root.resolve("src/main/Some.java"));
    run("serve");
    assertThat(builds()).isEqualTo(3);
  }

  @Test
  void buildsOnceWhenTwoStartTogether() throws Exception {
    Process one = start(root, root.resolve("jeth-proxy"), "one");
    Process two = start(root, root.resolve("jeth-proxy"), "two");

    assertThat(finish(one).status()).isZero();
    assertThat(finish(two).status()).isZero();
    assertThat(builds()).isEqualTo(1);
    assertThat(root.resolve("target/.launcher.lock")).doesNotExist();
  }

  @Test
  void breaksALockWhoseOwnerIsGone() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    lock(gone.pid() + "@" + machine());

    assertThat(run("serve").status()).isZero();
    assertThat(root.resolve("target/.launcher.lock")).doesNotExist();
  }

  @Test
  void waitsForALockOfAnotherMachineAndSaysSo() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    lock(gone.pid() + "@elsewhere");

    assertWaitsFor("process " + gone.pid() + " on elsewhere");
  }

  @Test
  void waitsForALockOfAnotherUser() throws Exception {
    Path launcher = root.resolve("jeth-proxy");
    Files.writeString(
        launcher,
        Files.readString(launcher)
            .replace(
                "set -eu",
                "set -eu\nkill() { echo 'kill: (7): Operation not permitted' >&2; return 1; }"));
    lock("7@" + machine());

    assertWaitsFor("process 7 on " + machine());
  }

  private void assertWaitsFor(String owner) throws Exception {
    Process process = start(root, root.resolve("jeth-proxy"), "serve");
    String said = process.errorReader(StandardCharsets.UTF_8).readLine();

    assertThat(said).contains("waits for " + owner).contains("remove " + root + "/target");
    assertThat(root.resolve("target/jeth-proxy.jar")).doesNotExist();
    Files.delete(root.resolve("target/.launcher.lock"));
    process.getOutputStream().close();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(builds()).isEqualTo(1);
  }

  private void lock(String owner) throws IOException {
    Files.createDirectories(root.resolve("target"));
    Files.createSymbolicLink(root.resolve("target/.launcher.lock"), Path.of(owner));
  }

  private static String machine() throws Exception {
    return finish(new ProcessBuilder("uname", "-n").start()).out();
  }

  @Test
  void showsTheEndOfTheLogWhenTheBuildFails() throws Exception {
    script(root.resolve("mvnw"), "echo some error on the way", "exit 7");

    Run run = run("serve");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("the build failed").contains("some error on the way");
  }

  @Test
  void startsFromElsewhereThroughALinkAndKeepsArgumentsAndFolder() throws Exception {
    Path link = temp.resolve("link to it");
    Files.createSymbolicLink(link, Path.of("a folder with blanks/jeth-proxy"));

    Run run = finish(start(temp, link, "serve", "--config", "my file.yaml", "*"));

    assertThat(run.out()).contains("in " + temp + "\n");
    assertThat(run.out()).endsWith("[serve][--config][my file.yaml][*]");
  }

  @Test
  void becomesTheVirtualMachineSoThatSignalsReachIt() throws Exception {
    Run run = run("serve");

    assertThat(run.out()).contains("pid " + run.pid() + "\n");
  }

  @Test
  void usesTheCacheOfItsTrainingRun() throws Exception {
    Run run = run("serve");

    assertThat(run.out()).contains("[-XX:AOTCache=" + root + "/target/jeth-proxy.aot]");
  }

  @Test
  void trainsAgainForAnotherJdk() throws Exception {
    run("serve");
    jdk = jdk("jdk 26", "26.0.1");

    run("serve");

    assertThat(Files.readString(jdk.resolve("trainings"))).isEqualTo("warm-up\n");
  }

  @Test
  void startsWithoutACacheWhenTrainingFailsAndDoesNotTryAgain() throws Exception {
    Files.writeString(jdk.resolve("fail-training"), "");

    Run first = run("serve");
    run("serve");

    assertThat(first.status()).isZero();
    assertThat(first.err()).isEmpty();
    assertThat(first.out()).doesNotContain("AOTCache");
    assertThat(Files.readString(jdk.resolve("trainings"))).isEqualTo("warm-up\n");
  }

  @Test
  void putsTheUsersFlagsLastAndLetsThemChooseTheCollector() throws Exception {
    ProcessBuilder builder = builder(root, root.resolve("jeth-proxy"), "serve");
    builder.environment().put("JETH_JAVA_OPTS", "-Xmx1g -XX:+UseG1GC");

    Run run = finish(builder.start());

    assertThat(run.out()).contains("[-Xmx1g][-XX:+UseG1GC][-jar]").doesNotContain("UseSerialGC");
    assertThat(run.out()).doesNotContain("AOTCache");
  }

  @ParameterizedTest
  @CsvSource({
    "JAVA_TOOL_OPTIONS, -Xss1m -XX:+UseG1GC",
    "JDK_JAVA_OPTIONS,  -XX:+UseZGC -Dany=*",
    "JDK_JAVA_OPTIONS,  \"-XX:+UseParallelGC\"",
    "_JAVA_OPTIONS,     -XX:+UseSerialGC",
  })
  void leavesTheCollectorToTheJvmsOwnVariables(String variable, String flags) throws Exception {
    ProcessBuilder builder = builder(root, root.resolve("jeth-proxy"), "serve");
    builder.environment().put(variable, flags);

    Run run = finish(builder.start());

    assertThat(run.status()).isZero();
    assertThat(run.out()).doesNotContain("UseSerialGC").doesNotContain("AOTCache");
  }

  @Test
  void choosesTheCollectorWhenTheJvmsVariablesDoNot() throws Exception {
    ProcessBuilder builder = builder(root, root.resolve("jeth-proxy"), "serve");
    builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:+UseStringDeduplication -XX:-UseG1GC");

    assertThat(finish(builder.start()).out()).contains("[-XX:+UseSerialGC]");
  }

  @Test
  void saysWhatItFoundAndHowToGetAJdk() throws Exception {
    Path launcher = root.resolve("jeth-proxy");
    Files.writeString(launcher, Files.readString(launcher).replace("required=25", "required=9999"));

    Run run = run("serve");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .contains("needs a JDK 9999 or newer")
        .contains("Java 25.0.3  " + jdk)
        .contains("apt install openjdk-9999-jdk-headless")
        .contains("adoptium.net")
        .contains("brew install")
        .contains("sdk install");
  }

  @Test
  void passesOverAnOldJdkInJavaHome() throws Exception {
    Path good = jdk;
    Path old = jdk("jdk 8", "1.8.0_402");
    ProcessBuilder builder = builder(root, root.resolve("jeth-proxy"), "serve");
    builder.environment().put("JAVA_HOME", old.toString());
    builder.environment().put("PATH", good.resolve("bin") + ":/usr/bin:/bin");

    Run run = finish(builder.start());

    assertThat(run.out()).endsWith("[serve]");
    assertThat(Files.readString(root.resolve("builder"))).isEqualTo(good + "\n");
  }

  private Path jdk(String name, String version) throws IOException {
    Path home = Files.createDirectories(temp.resolve(name));
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    script(home.resolve("bin/javac"), "exit 0");
    script(
        home.resolve("bin/java"),
        "for a in \"$@\"; do case $a in -XX:AOTCacheOutput=*) out=${a#*=}; esac; done",
        "if [ -n \"${out:-}\" ]; then",
        "  for last in \"$@\"; do :; done; echo \"$last\" >>'" + home + "/trainings'",
        "  [ ! -e '" + home + "/fail-training' ] || exit 3",
        "  echo cache >\"$out\"; exit 0",
        "fi",
        "echo \"pid $$\"; echo \"in $(pwd)\"; printf '[%s]' \"$@\"");
    return home;
  }

  private static void script(Path path, String... lines) throws IOException {
    Files.writeString(path, "#!/bin/sh\n" + String.join("\n", List.of(lines)) + "\n");
    assertThat(path.toFile().setExecutable(true)).isTrue();
  }

  private Run run(String... arguments) throws Exception {
    return finish(start(root, root.resolve("jeth-proxy"), arguments));
  }

  private Process start(Path directory, Path launcher, String... arguments) throws IOException {
    return builder(directory, launcher, arguments).start();
  }

  private ProcessBuilder builder(Path directory, Path launcher, String... arguments) {
    ProcessBuilder builder = new ProcessBuilder(launcher.toString());
    builder.command().addAll(List.of(arguments));
    builder.directory(directory.toFile());
    builder.environment().put("JAVA_HOME", jdk.toString());
    List.of("JETH_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
        .forEach(builder.environment()::remove);
    return builder;
  }

  private static Run finish(Process process) throws Exception {
    process.getOutputStream().close();
    String out =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    String err =
        new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Run(process.exitValue(), out, err, process.pid());
  }

  private int builds() throws IOException {
    return Files.readAllLines(root.resolve("builds")).size();
  }
}
