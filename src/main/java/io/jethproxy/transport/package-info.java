/**
 * The wire to the providers: sending a request, reading what comes back and saying what it means.
 * Only this package and the edges know the HTTP library. Whom to ask, and what to do about a
 * trouble, is decided elsewhere.
 */
@NullMarked
package io.jethproxy.transport;

import org.jspecify.annotations.NullMarked;
