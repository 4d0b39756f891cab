package io.jethproxy.consistency;

/**
 * A signed transaction that pays the logging contract and makes it log.
 *
 * @param sender in lower case
 * @param raw the signed bytes as hex
 * @param hash of these bytes
 */
record Payment(String sender, long nonce, long valueWei, String raw, String hash) {}
