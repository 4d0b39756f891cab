/**
 * What is true of a chain: so far the heads of its providers and what they agree on. Asks providers
 * through their probes; knows no sockets.
 */
@NullMarked
package io.jethproxy.chain;

import org.jspecify.annotations.NullMarked;
