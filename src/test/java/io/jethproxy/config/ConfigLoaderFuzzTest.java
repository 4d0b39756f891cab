package io.jethproxy.config;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Whatever stands in the file or the variables: no exception, and no key in what is said. Replays
 * the saved inputs; with {@code JAZZER_FUZZ=1} it looks for new ones.
 */
class ConfigLoaderFuzzTest {

  /** No name of a variable, and longer than what a message may repeat. */
  private static final String CANARY = "7-canary-0f1e2d3c4b5a69788796a5b4c3d2e1f0";

  @FuzzTest(maxDuration = "5m")
  void neverThrowsAndNeverTellsAKeyInAFile(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString().replace("KEY", CANARY);

    judge(
        ConfigLoader.read(
            Map.of("SECRET", CANARY), "file.yaml", text.getBytes(StandardCharsets.UTF_8)));
  }

  @FuzzTest(maxDuration = "5m")
  void neverThrowsOnBytesThatAreNoText(byte[] bytes) {
    judge(ConfigLoader.read(Map.of(), "file.yaml", bytes));
  }

  @FuzzTest(maxDuration = "5m")
  void neverThrowsAndNeverTellsAKeyInAVariable(FuzzedDataProvider data) {
    Map<String, String> variables =
        Map.of(
            data.pickValue(ConfigLoader.knownVariables().toArray(new String[0])),
            data.consumeString(200).replace("KEY", CANARY),
            "RPC_PROVIDERS_HTTP_FILE",
            "",
            "RPC_PROVIDERS_HTTP ",
            data.consumeRemainingAsString().replace("KEY", CANARY));

    judge(ConfigLoader.load(variables, Optional.empty()));
  }

  /** What is said is free of keys; a good configuration holds what the user put into it. */
  private static void judge(Loaded loaded) {
    String said =
        switch (loaded) {
          case Loaded.Ok ok -> ok.config().notices() + ok.config().providers().toString();
          case Loaded.Bad bad -> bad.problems().toString();
          case Loaded.Nothing nothing -> nothing.message();
        };
    if (said.contains(CANARY)) {
      throw new AssertionError("a key is told: " + said);
    }
  }
}
