/**
 * Health of the connections' providers, based on sessions.
 */
@NullMarked
package dev.streaming.health;

import org.jspecify.annotations.NullMarked;
