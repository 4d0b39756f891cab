/**
 * What a closed-loop request asks, and how many bytes the smallest right answer has on the wire
 * with its head.
 */
enum Kind {
  SMALL("small", "small answer (45 bytes)", 1, 100),
  LARGE("large", "100 KB answer", 1, 100_000),
  BATCH("batch", "batch of 20", 20, 1_000),
  LOCAL("local", "eth_chainId", 1, 90),
  RING("ring", "what the newest blocks tell", 1, 700),
  HIT("hit", "cache hit, small answer", 1, 100),
  LARGE_HIT("large-hit", "cache hit, 100 KB answer", 1, 100_000);

  private final String load;
  private final String title;
  private final int items;
  private final int bytesMin;

  Kind(String load, String title, int items, int bytesMin) {
    this.load = load;
    this.title = title;
    this.items = items;
    this.bytesMin = bytesMin;
  }

  /** The name in load.lua and on the command line. */
  String load() {
    return load;
  }

  String title() {
    return title;
  }

  int items() {
    return items;
  }

  /**
   * Whether answers of this size on average can be right: those with errors in the place of results
   * are several times as long.
   */
  boolean isRight(long bytesMean) {
    return bytesMean >= bytesMin && bytesMean < 3L * bytesMin;
  }

  boolean isLarge() {
    return bytesMin >= 100_000;
  }

  int bytesMin() {
    return bytesMin;
  }
}
