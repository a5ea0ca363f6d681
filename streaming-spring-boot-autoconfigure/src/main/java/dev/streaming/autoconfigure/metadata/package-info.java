/**
 * Sources of configuration metadata that nothing is bound to.
 */
@NullMarked
package dev.streaming.autoconfigure.metadata;

import org.jspecify.annotations.NullMarked;
