/**
 * Auto-configuration of the application events.
 */
@NullMarked
package dev.streaming.autoconfigure.event;

import org.jspecify.annotations.NullMarked;
