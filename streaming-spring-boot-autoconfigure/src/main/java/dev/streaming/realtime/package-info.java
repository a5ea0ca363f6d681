/**
 * What the ready-made realtime providers have in common: a typed client over a session,
 * tools, and the history that survives a connection.
 */
@NullMarked
package dev.streaming.realtime;

import org.jspecify.annotations.NullMarked;
