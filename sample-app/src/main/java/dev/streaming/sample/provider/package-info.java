/**
 * The embedded provider: the other end of the connection, so that the sample needs no
 * account. Nothing here uses the starter but for the port that a test picks at random.
 */
@NullMarked
package dev.streaming.sample.provider;

import org.jspecify.annotations.NullMarked;
