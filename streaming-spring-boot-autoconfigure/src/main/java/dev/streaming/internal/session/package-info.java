/**
 * Sessions: the engine behind {@link dev.streaming.Session}.
 */
@NullMarked
package dev.streaming.internal.session;

import org.jspecify.annotations.NullMarked;
