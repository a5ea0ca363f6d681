/**
 * Common base of the realtime providers: a typed client over a session, tools, and the
 * history that is kept between connections.
 */
@NullMarked
package dev.streaming.realtime;

import org.jspecify.annotations.NullMarked;
