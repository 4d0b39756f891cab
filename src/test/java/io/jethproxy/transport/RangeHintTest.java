package io.jethproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangeHintTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "up to a 10 block range. Based on your parameters, this block range should work: [0x121eac0, 0x121eac9]. | 10",
        "query returned more than 10000 results. Try with this block range [0xCB3D, 0xCB40]. | 4",
        "query exceeds max results 20000, retry with the range 23000000-23000100 | 101",
        "eth_getLogs is limited to 0 - 50 blocks range | 50",
        "eth_getLogs is limited to a 10,000 range | 10000",
        "eth_getLogs range is too large, max is 1k blocks | 1000",
        "requested block range 16777217 exceeds the limit of 200; narrow it | 200",
        "block range = 5120, max block range = 5000 | 5000",
        "please limit the query to at most 1000 blocks | 1000",
        "ranges over 10000 blocks are not supported | 10000",
        "Block range is too large | -1",
        "exceed maximum block range: 0 | -1",
        "exceed maximum block range: 99999999999 | -1",
        "try with this block range [0x20, 0x10] | -1",
      })
  void readsHowManyBlocksAreAccepted(String text, long blocks) {
    assertThat(RangeHint.ofRange(ErrorWords.of(text)).orElse(-1)).isEqualTo(blocks);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "query exceeds max results 20000 | -1",
        "too many results, retry with the range 100-199 | 100",
      })
  void doesNotTakeResultsForBlocks(String text, long blocks) {
    assertThat(RangeHint.ofResults(ErrorWords.of(text)).orElse(-1)).isEqualTo(blocks);
  }
}
