/**
 * Support that tests of several packages share: a clock to turn by hand, a transport
 * without sockets, and a server that can do everything wrong.
 */
@NullMarked
package dev.streaming.testsupport;

import org.jspecify.annotations.NullMarked;
