/**
 * Observation of connections and sessions. Meters, traces and health of this library are
 * built on it, and an application can add an observer of its own as a bean of type
 * {@link dev.streaming.observation.StreamingObserver}.
 */
@NullMarked
package dev.streaming.observation;

import org.jspecify.annotations.NullMarked;
