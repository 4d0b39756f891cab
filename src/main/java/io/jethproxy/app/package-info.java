/** The program: commands, the one place where everything is wired together, start and stop. */
@NullMarked
package io.jethproxy.app;

import org.jspecify.annotations.NullMarked;
