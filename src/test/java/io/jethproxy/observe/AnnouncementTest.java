package io.jethproxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnnouncementTest {

  private static final List<String> STAGES = List.of("Normalise", "Cache", "Dispatch");

  @Test
  void namesStagesAndProvidersByNetwork() {
    String line =
        Announcement.line(
            STAGES,
            List.of(
                new Announcement.Provider("mainnet", "a1", "primary", "alchemy"),
                new Announcement.Provider("base", "c1", "primary", ""),
                new Announcement.Provider("mainnet", "i1", "backup", "infura")));

    assertThat(line)
        .isEqualTo(
            "Normalise > Cache > Dispatch; base: c1 (primary); "
                + "mainnet: a1 (primary, alchemy), i1 (backup, infura)");
  }

  @Test
  void saysWhenThereIsNoProvider() {
    assertThat(Announcement.line(STAGES, List.of())).endsWith("Dispatch; no providers");
  }

  @Test
  void fitsALogLineWhateverTheFleet() {
    List<Announcement.Provider> many =
        IntStream.range(0, 10_000)
            .mapToObj(i -> new Announcement.Provider("n" + i % 100, "p" + i, "primary", "x"))
            .toList();

    String line = Announcement.line(STAGES, many);

    assertThat(line).contains("and 92 more").endsWith("; and 88 more");
    assertThat(line.length()).isLessThan(LineFormat.MESSAGE_BYTES_MAX);
  }
}
