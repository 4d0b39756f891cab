/**
 * Whom to ask, how many of them, and whose answer wins. Knows providers only through {@link
 * io.jethproxy.fleet}; no sockets and no classification of answers live here.
 */
@NullMarked
package io.jethproxy.dispatch;

import org.jspecify.annotations.NullMarked;
