package io.jethproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleReaderTest {

  private static final String LAST =
      "{\"name\":\"unknown\",\"when\":{},\"then\":{\"verdict\":\"serve\"}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'name':'a','when':{},'then':{'verdict':'elsewhere','trouble':'TIRED'}} | trouble \"TIRED\"",
        "{'name':'a','when':{},'then':{'verdict':'perhaps'}} | verdict \"perhaps\"",
        "{'name':'a','when':{},'then':{'verdict':'serve','trouble':'AUTH'}} | belong to elsewhere",
        "{'name':'a','when':{},'then':{'verdict':'elsewhere'}} | belong to elsewhere",
        "{'name':'a','when':{'wehn':1},'then':{'verdict':'serve'}} | unknown key \"wehn\"",
        "{'name':'a','if':{},'when':{},'then':{'verdict':'serve'}} | unknown key \"if\"",
        "{'name':'a','when':{'kinds':['big']},'then':{'verdict':'serve'}} | kind \"big\"",
        "{'name':'a','when':{'anyOf':['Rate']},'then':{'verdict':'serve'}} | phrase \"Rate\"",
        "{'name':'a','when':{'anyOf':[7]},'then':{'verdict':'serve'}} | expected: a string",
        "{'name':'a','when':{'statuses':['5xx']},'then':{'verdict':'serve'}} | range \"5xx\"",
        "{'name':'a','when':{'codes':['9..1']},'then':{'verdict':'serve'}} | range \"9..1\"",
        "{'name':'a','when':{'body':'soft'},'then':{'verdict':'serve'}} | body \"soft\"",
        "{'name':'a','then':{'verdict':'serve'}} | when is missing",
        "{'name':'unknown','when':{},'then':{'verdict':'serve'}} | used twice",
        "{'when':{},'then':{'verdict':'serve'}} | without a name",
      })
  void namesTheRuleAndWhatIsWrongWithIt(String rule, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read("[" + rule.replace('\'', '"') + "," + LAST + "]"))
        .withMessageContaining(message);
  }

  @Test
  void wantsALastRuleForEverythingElse() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read("[" + LAST.replace("{}", "{\"codes\":[1]}") + "]"))
        .withMessageContaining("last rule");
  }

  @Test
  void readsTheRulesOfTheApplication() {
    ErrorRules rules = ErrorRules.load();

    assertThat(rules.rules()).hasSizeGreaterThan(50);
    assertThat(rules.rules().getLast().name()).isEqualTo("unknown");
    assertThat(rules.kindsOf("eth_sendrawtransactionsync")).containsExactly("broadcast");
    assertThat(rules.kindsOf("eth_foo")).isEmpty();
  }

  private static ErrorRules read(String rules) {
    String file =
        "{\"kinds\":{\"range\":[\"eth_getlogs\"]},\"results\":{},\"rules\":" + rules + "}";
    return RuleReader.read(file.getBytes(StandardCharsets.UTF_8));
  }
}
