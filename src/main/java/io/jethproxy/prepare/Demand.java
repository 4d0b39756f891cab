package io.jethproxy.prepare;

/** Learns what would be answered here if only it were kept. */
@FunctionalInterface
public interface Demand {

  /** Somebody asks for receipts or logs of new blocks, and those are not kept. */
  void receiptsWanted(long chainId);
}
