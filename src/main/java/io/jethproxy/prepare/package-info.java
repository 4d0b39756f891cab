/**
 * What can be done with a call before any provider is asked. Knows no sockets and no providers'
 * wires.
 */
@NullMarked
package io.jethproxy.prepare;

import org.jspecify.annotations.NullMarked;
