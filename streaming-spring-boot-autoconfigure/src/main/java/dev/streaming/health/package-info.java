/**
 * Health of the connections' providers, as far as sessions show it.
 */
@NullMarked
package dev.streaming.health;

import org.jspecify.annotations.NullMarked;
