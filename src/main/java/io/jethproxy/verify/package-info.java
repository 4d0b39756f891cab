/**
 * Whether an answer is the one that was asked for: identity, hashes and roots, against the chain as
 * it is known. No I/O of its own, no waiting. What kind of JSON an answer is, is checked where it
 * is classified.
 */
@NullMarked
package io.jethproxy.verify;

import org.jspecify.annotations.NullMarked;
