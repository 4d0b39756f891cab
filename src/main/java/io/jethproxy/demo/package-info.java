/**
 * A small chain in memory, nodes that answer JSON-RPC over it with real block hashes, and HTTP
 * servers in front of them that fail on purpose: for the demo, the warm-up and tests. Nothing of
 * the gateway lives here.
 */
@NullMarked
package io.jethproxy.demo;

import org.jspecify.annotations.NullMarked;
