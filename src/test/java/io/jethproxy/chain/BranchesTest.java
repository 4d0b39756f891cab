package io.jethproxy.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.jethproxy.chain.Branches.Course;
import io.jethproxy.eth.Hash;
import io.jethproxy.rpc.RawJson;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BranchesTest {

  private final Branches branches = new Branches();

  @Test
  void knowsNothingFromOneProviderAlone() {
    assertThat(main("a", 7)).isEqualTo(Course.UNKNOWN);
    assertThat(main("a", 8)).isEqualTo(Course.UNKNOWN);
  }

  @Test
  void seesThatTwoShareABranch() {
    main("a", 7);

    assertThat(main("b", 7)).isEqualTo(Course.SHARED);
    assertThat(main("a", 7)).isEqualTo(Course.SHARED);
  }

  @Test
  void comparesTheParentWhenTheBlockIsNew() {
    main("a", 7);

    assertThat(main("b", 8)).isEqualTo(Course.SHARED);
  }

  @Test
  void findsTheOneThatStraysFromTwo() {
    main("a", 7);
    main("b", 7);

    assertThat(other("c", 7)).isEqualTo(Course.ASTRAY);
    assertThat(other("c", 8)).isEqualTo(Course.ASTRAY);
    assertThat(main("a", 8)).isEqualTo(Course.SHARED);
    assertThat(main("c", 8)).isEqualTo(Course.SHARED);
  }

  @Test
  void opposesTheOneThatStrayedWhileAnyOfTheOthersIsThere() {
    main("a", 7);
    main("b", 7);
    other("c", 7);
    branches.forget(1, "a");
    assertThat(other("c", 8)).isEqualTo(Course.UNKNOWN);

    branches.forget(1, "b");

    assertThat(other("c", 8)).isEqualTo(Course.UNOPPOSED);
    assertThat(other("c", 9)).isEqualTo(Course.UNKNOWN);
  }

  @Test
  void isNotOpposedByAnotherOneThatStrayed() {
    main("a", 7);
    main("b", 7);
    other("c", 7);
    branches.compare(1, "d", link(7, "third"));
    branches.forget(1, "a");
    branches.forget(1, "b");

    assertThat(other("c", 8)).isEqualTo(Course.UNOPPOSED);
  }

  @Test
  void proveNothingOneAgainstOne() {
    main("a", 7);

    assertThat(other("b", 7)).isEqualTo(Course.UNKNOWN);
    assertThat(main("a", 7)).isEqualTo(Course.UNKNOWN);
  }

  @Test
  void leavesTwoAgainstTwoAlone() {
    main("a", 7);
    main("b", 7);
    other("c", 7);

    assertThat(other("d", 7)).isEqualTo(Course.SHARED);
    assertThat(main("a", 7)).isEqualTo(Course.SHARED);
  }

  @Test
  void followsTheMajorityThroughAReorganisation() {
    main("a", 7);
    main("b", 7);
    main("c", 7);

    assertThat(other("a", 7)).isEqualTo(Course.ASTRAY);
    assertThat(other("b", 7)).isEqualTo(Course.SHARED);
    assertThat(main("c", 7)).isEqualTo(Course.ASTRAY);
    assertThat(other("c", 7)).isEqualTo(Course.SHARED);
    assertThat(other("a", 7)).isEqualTo(Course.SHARED);
  }

  @Test
  void keepsNetworksApart() {
    branches.compare(5, "a", link(7, "main"));
    branches.compare(5, "b", link(7, "main"));

    assertThat(branches.compare(6, "c", link(7, "other"))).isEqualTo(Course.UNKNOWN);
  }

  @Test
  void forgetsWhatIsLongAgo() {
    main("a", 7);
    main("b", 7);
    for (int number = 8; number < 200; number++) {
      main("a", number);
    }

    assertThat(other("c", 7)).isEqualTo(Course.UNKNOWN);
  }

  @Test
  void readsABlockAndNothingElse() {
    String names =
        "\"hash\":\""
            + link(7, "main").hash()
            + "\",\"parentHash\":\""
            + link(7, "main").parent()
            + '"';

    assertThat(Link.read(RawJson.of("{\"x\":[{}],\"number\":\"0x7\"," + names + ",\"y\":1}")))
        .contains(link(7, "main"));
    assertThat(Link.read(RawJson.of("{\"number\":null," + names + "}"))).isEmpty();
    assertThat(Link.read(RawJson.of("{\"number\":\"0x7\",\"hash\":null}"))).isEmpty();
    assertThat(Link.read(RawJson.of("{\"number\":\"0x7\",\"hash\":\"0x1\"}"))).isEmpty();
    assertThat(Link.read(RawJson.NULL)).isEqualTo(Optional.empty());
  }

  private Course main(String provider, long number) {
    return branches.compare(1, provider, link(number, "main"));
  }

  private Course other(String provider, long number) {
    return branches.compare(1, provider, link(number, "other"));
  }

  private static Link link(long number, String branch) {
    return new Link(number, hash(number, branch), hash(number - 1, branch));
  }

  private static Hash hash(long number, String branch) {
    return new Hash(branch.hashCode(), 0, 0, number);
  }
}
