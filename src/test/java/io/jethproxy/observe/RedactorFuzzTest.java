package io.jethproxy.observe;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

class RedactorFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void neverLetsASecretSurvive(FuzzedDataProvider data) {
    String secret = data.consumeString(300);
    String before = data.consumeString(200);

    RedactionRule.check(secret, before, data.consumeRemainingAsString());
  }
}
