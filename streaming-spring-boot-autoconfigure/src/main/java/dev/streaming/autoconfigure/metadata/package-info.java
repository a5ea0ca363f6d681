/**
 * Sources of configuration metadata, which are not used for binding.
 */
@NullMarked
package dev.streaming.autoconfigure.metadata;

import org.jspecify.annotations.NullMarked;
