/**
 * Answers that are known already, and questions that are under way already. What an answer depends
 * on is decided by {@link io.jethproxy.cache.Freshness}; no provider is known here, and no socket.
 */
@NullMarked
package io.jethproxy.cache;

import org.jspecify.annotations.NullMarked;
