/**
 * A small chain in memory and nodes that answer JSON-RPC over it, with real block hashes: for the
 * demo, and for tests. No sockets, threads or clocks live here, and nothing of the gateway.
 */
@NullMarked
package io.jethproxy.demo;

import org.jspecify.annotations.NullMarked;
