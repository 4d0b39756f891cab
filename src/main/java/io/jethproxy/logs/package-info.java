/**
 * Logs over more blocks, or of more kinds, than one provider gives in one answer: the question is
 * cut into parts which go down the rest of the pipeline, and their answers are put together, all or
 * none. No provider is asked here, and nothing is kept between calls.
 */
@NullMarked
package io.jethproxy.logs;

import org.jspecify.annotations.NullMarked;
