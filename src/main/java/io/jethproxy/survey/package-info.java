/**
 * Finds out what each provider keeps and offers, by asking a few questions now and then. Knows no
 * calls of clients, and no sockets.
 */
@NullMarked
package io.jethproxy.survey;

import org.jspecify.annotations.NullMarked;
