/**
 * Auto-configuration that the realtime providers share.
 */
@NullMarked
package dev.streaming.autoconfigure.realtime;

import org.jspecify.annotations.NullMarked;
