/**
 * What clients are told of the chain piece by piece: filters that they poll. All of it is cursors
 * over the chain log: a place in the chain for each client, and the blocks between there and the
 * head. Knows no sockets.
 */
@NullMarked
package io.jethproxy.subscribe;

import org.jspecify.annotations.NullMarked;
