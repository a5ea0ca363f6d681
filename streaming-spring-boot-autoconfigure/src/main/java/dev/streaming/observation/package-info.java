/**
 * What meters and traces hear of connections and sessions; internal, not API.
 */
@NullMarked
package dev.streaming.observation;

import org.jspecify.annotations.NullMarked;
