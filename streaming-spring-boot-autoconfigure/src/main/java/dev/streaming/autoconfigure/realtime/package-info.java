/**
 * Auto-configuration common to the realtime providers.
 */
@NullMarked
package dev.streaming.autoconfigure.realtime;

import org.jspecify.annotations.NullMarked;
