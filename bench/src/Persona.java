/** One user of a chain: what it asks when it polls, again and again. Used by one thread. */
interface Persona {
  /** Polls once. */
  void poll(RpcClient client) throws InterruptedException;

  /** Who is there, and how many of them. */
  enum Kind {
    WALLETS("wallet polling", 80),
    INDEXERS("indexers", 6),
    EXPLORERS("explorers", 30);

    private final String title;
    private final int count;

    Kind(String title, int count) {
      this.title = title;
      this.count = count;
    }

    String title() {
      return title;
    }

    int count() {
      return count;
    }

    Persona create(int index) {
      return switch (this) {
        case WALLETS -> new Wallet(index);
        case INDEXERS -> new Indexer();
        case EXPLORERS -> new Explorer(index);
      };
    }
  }

  /** An address of 20 bytes: {@code 0x} and 40 digits. */
  static String address(int space, int index) {
    return "0x%08x%032x".formatted(space, index);
  }

  static String hex(long number) {
    return "\"0x" + Long.toHexString(number) + '"';
  }
}
