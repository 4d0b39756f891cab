/**
 * Who may ask what, and whether there is room. Refusing here costs nothing: no provider is asked.
 */
@NullMarked
package io.jethproxy.admit;

import org.jspecify.annotations.NullMarked;
