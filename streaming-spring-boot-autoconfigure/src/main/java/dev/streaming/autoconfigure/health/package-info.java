/**
 * Auto-configuration of the health indicator.
 */
@NullMarked
package dev.streaming.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
