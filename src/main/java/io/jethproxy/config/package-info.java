/**
 * YAML and environment to records: strict, all mistakes at once, each with its place, none with a
 * secret. Reads files and variables only; starts nothing and connects to nothing.
 */
@NullMarked
package io.jethproxy.config;

import org.jspecify.annotations.NullMarked;
