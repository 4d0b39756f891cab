/**
 * The providers' sockets: what they tell is a reason to look, and nothing of it is believed. Knows
 * no network library.
 */
@NullMarked
package io.jethproxy.hints;

import org.jspecify.annotations.NullMarked;
