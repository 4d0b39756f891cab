package io.jethproxy.verify;

/** The check of the answers to some methods. */
@FunctionalInterface
interface Check {
  Finding of(Claim claim);
}
