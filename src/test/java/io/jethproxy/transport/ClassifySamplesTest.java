package io.jethproxy.transport;

import static io.jethproxy.transport.Samples.CLASSIFY;
import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.call.Trouble;
import io.jethproxy.call.Trouble.Against;
import io.jethproxy.call.Trouble.Pause;
import io.jethproxy.rpc.Fault;
import io.jethproxy.transport.Samples.Sample;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClassifySamplesTest {

  private static final Set<Trouble> SPLITTABLE =
      Set.of(
          Trouble.RANGE_TOO_LARGE,
          Trouble.RESPONSE_TOO_LARGE,
          Trouble.REQUEST_TOO_LARGE,
          Trouble.EXECUTION_TIMEOUT);

  static Stream<Sample> all() {
    return Stream.concat(Samples.seen(), Samples.variants());
  }

  @ParameterizedTest
  @MethodSource("all")
  void understandsWhatProvidersSay(Sample sample) {
    Verdict verdict = CLASSIFY.of(sample.question(), sample.reply());

    assertThat(Samples.name(verdict)).isEqualTo(sample.verdict());
    assertThat(doesWhatIsExpected(sample.expect(), verdict)).as(sample.expect()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("all")
  void needsNoNameOfTheVendorAndIsNotMisledByOne(Sample sample) {
    Verdict verdict = CLASSIFY.of(sample.question(sample.provider()), sample.reply());

    assertThat(Samples.name(verdict)).isEqualTo(sample.verdict());
  }

  @Test
  void hasManySamples() {
    assertThat(Samples.seen()).hasSize(385);
    assertThat(Samples.variants()).hasSizeGreaterThan(350);
  }

  @Test
  void everyRuleDecidesAtLeastOneSample() {
    ErrorRules rules = ErrorRules.load();
    Set<String> used = new HashSet<>();

    all().forEach(sample -> used.add(ruleThatDecides(rules, sample)));

    assertThat(used)
        .containsAll(rules.rules().stream().map(Rule::name).collect(Collectors.toSet()));
  }

  private static String ruleThatDecides(ErrorRules rules, Sample sample) {
    return switch (CLASSIFY.of(sample.question(), sample.reply())) {
      case Verdict.Elsewhere elsewhere -> elsewhere.rule();
      case Verdict.Serve(Fault fault) -> ruleFor(rules, sample, fault);
      case Verdict.Serve _ -> "";
      case Verdict.AlreadyKnown(Fault fault) -> ruleFor(rules, sample, fault);
      case Verdict.NonceTooLow(Fault fault) -> ruleFor(rules, sample, fault);
    };
  }

  private static String ruleFor(ErrorRules rules, Sample sample, Fault fault) {
    return rules.firstThatFits(CLASSIFY.facts(sample.question(), sample.status(), fault)).name();
  }

  private static boolean doesWhatIsExpected(String expect, Verdict verdict) {
    return switch (expect) {
      case "return_to_client" -> verdict instanceof Verdict.Serve;
      case "treat_as_success_if_broadcast" ->
          verdict instanceof Verdict.AlreadyKnown || verdict instanceof Verdict.NonceTooLow;
      case "retry_other" ->
          verdict instanceof Verdict.Elsewhere to && to.trouble().pause() == Pause.NONE;
      case "retry_other_and_cooldown" ->
          verdict instanceof Verdict.Elsewhere to && marksTheProvider(to.trouble());
      case "split_request" ->
          verdict instanceof Verdict.Elsewhere to && SPLITTABLE.contains(to.trouble());
      default -> throw new IllegalArgumentException(expect);
    };
  }

  private static boolean marksTheProvider(Trouble trouble) {
    return trouble.pause() != Pause.NONE
        || trouble.against() == Against.PROVIDER
        || trouble.against() == Against.PROVIDER_AT_ONCE;
  }
}
