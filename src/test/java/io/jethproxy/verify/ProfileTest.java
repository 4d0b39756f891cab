package io.jethproxy.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.eth.Network;
import io.jethproxy.eth.Networks;
import io.jethproxy.verify.Profile.State;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileTest {

  private static final Networks NETWORKS = Networks.load();

  private final Profile profile = new Profile(NETWORKS.byId(1));

  private boolean misses(Profile each, String subject, String provider) {
    return !each.bears(Aspect.RECEIPTS_ROOT, false, subject, provider);
  }

  @ParameterizedTest
  @CsvSource({
    "1, ",
    "10, WITHDRAWALS_ROOT",
    "56, ",
    "42161, TRANSACTIONS_ROOT RECEIPTS_ROOT",
    "137, TRANSACTION_HASH TRANSACTIONS_ROOT RECEIPTS_ROOT BLOOM",
    "31337, TRANSACTION_HASH TRANSACTIONS_ROOT",
    "43114, HEADER_HASH TRANSACTIONS_ROOT WITHDRAWALS_ROOT RECEIPTS_ROOT",
    "987654321, "
  })
  void knowsTheExceptionsOfNetworks(long chainId, String off) {
    Profile each = new Profile(NETWORKS.byId(chainId));
    List<String> names = off == null ? List.of() : List.of(off.split(" "));

    each.states()
        .forEach((aspect, state) ->
            assertThat(state)
                .as(aspect.name())
                .isEqualTo(names.contains(aspect.name()) ? State.OFF : State.UNKNOWN));
  }

  @Test
  void isOnAfterOneMatchAndBlamesFromThenOn() {
    assertThat(misses(profile, "one", "a")).isFalse();

    profile.confirm(Aspect.RECEIPTS_ROOT);

    assertThat(profile.states()).containsEntry(Aspect.RECEIPTS_ROOT, State.ON);
    assertThat(misses(profile, "one", "a")).isTrue();
    assertThat(misses(profile, "one", "b")).isTrue();
    assertThat(profile.states()).containsEntry(Aspect.HEADER_HASH, State.UNKNOWN);
  }

  @Test
  void isOffAfterSeveralMismatchesUntilOneMatches() {
    for (int i = 1; i < Trial.MISSES_MAX; i++) {
      assertThat(misses(profile, "block " + i, "a")).isFalse();
      assertThat(profile.states()).containsEntry(Aspect.RECEIPTS_ROOT, State.UNKNOWN);
    }
    assertThat(misses(profile, "last", "a")).isFalse();
    assertThat(profile.states()).containsEntry(Aspect.RECEIPTS_ROOT, State.OFF);
    assertThat(misses(profile, "after", "a")).isFalse();

    assertThat(profile.bears(Aspect.RECEIPTS_ROOT, true, "genuine", "b")).isTrue();

    assertThat(profile.states()).containsEntry(Aspect.RECEIPTS_ROOT, State.ON);
    assertThat(misses(profile, "after", "a")).isTrue();
  }

  @Test
  void comparesProvidersAlthoughTheyMissSeveralThingsAtTheSameTime() {
    Profile unheardOf = new Profile(new Network(987, "987", List.of(), 1_000, Set.of()));
    unheardOf.confirm(Aspect.RECEIPTS_ROOT);
    for (int i = 0; i < Trial.SUBJECTS_MAX; i++) {
      assertThat(misses(unheardOf, "block " + i, "a")).isTrue();
    }

    assertThat(misses(unheardOf, "block 0", "a")).isTrue();
    assertThat(misses(unheardOf, "block 0", "b")).isFalse();

    assertThat(unheardOf.states()).containsEntry(Aspect.RECEIPTS_ROOT, State.OFF);
  }

  @Test
  void remembersABoundedNumberOfMisses() {
    Profile unheardOf = new Profile(new Network(987, "987", List.of(), 1_000, Set.of()));
    unheardOf.confirm(Aspect.RECEIPTS_ROOT);
    for (int i = 0; i <= Trial.SUBJECTS_MAX; i++) {
      misses(unheardOf, "block " + i, "a");
    }

    assertThat(misses(unheardOf, "block 0", "b")).isTrue();
    assertThat(misses(unheardOf, "block 16", "b")).isFalse();
  }

  @Test
  void staysOffWhereTheNetworkIsKnownNotToKeepIt() {
    Profile polygon = new Profile(NETWORKS.byId(137));

    polygon.confirm(Aspect.RECEIPTS_ROOT);

    assertThat(polygon.states()).containsEntry(Aspect.RECEIPTS_ROOT, State.OFF);
    assertThat(misses(polygon, "one", "a")).isFalse();
  }

  @Test
  void isOffForGoodOnANetworkNobodyDescribedWhenTwoProvidersMissTheSame() {
    Profile unheardOf = new Profile(new Network(987, "987", List.of(), 1_000, Set.of()));
    unheardOf.confirm(Aspect.RECEIPTS_ROOT);

    assertThat(misses(unheardOf, "one", "a")).isTrue();
    assertThat(misses(unheardOf, "one", "a")).isTrue();
    assertThat(misses(unheardOf, "two", "b")).isTrue();
    assertThat(misses(unheardOf, "two", "a")).isFalse();
    unheardOf.confirm(Aspect.RECEIPTS_ROOT);

    assertThat(unheardOf.states()).containsEntry(Aspect.RECEIPTS_ROOT, State.OFF);
  }
}
