/**
 * What happens to sessions, as application events.
 */
@NullMarked
package dev.streaming.event;

import org.jspecify.annotations.NullMarked;
