/**
 * The providers of a network and what is known of each now: latency, load, trouble, pauses, head.
 * Knows no sockets: a provider reaches its wire through {@link io.jethproxy.fleet.Transport}.
 */
@NullMarked
package io.jethproxy.fleet;

import org.jspecify.annotations.NullMarked;
