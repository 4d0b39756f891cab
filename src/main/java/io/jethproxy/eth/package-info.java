/**
 * Facts of Ethereum as values and data: networks, block references, the method table, hashes and
 * encodings. No behaviour of the gateway lives here.
 */
@NullMarked
package io.jethproxy.eth;

import org.jspecify.annotations.NullMarked;
