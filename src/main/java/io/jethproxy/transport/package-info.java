/**
 * The wires to the providers: pooled HTTP connections, and the classification of what comes back.
 * Decides nothing about where a call goes next.
 */
@NullMarked
package io.jethproxy.transport;

import org.jspecify.annotations.NullMarked;
