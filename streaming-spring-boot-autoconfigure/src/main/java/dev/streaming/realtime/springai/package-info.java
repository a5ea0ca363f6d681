/**
 * Tools of Spring AI as tools of a realtime session. Alone in using Spring AI, which need
 * not be there.
 */
@NullMarked
package dev.streaming.realtime.springai;

import org.jspecify.annotations.NullMarked;
