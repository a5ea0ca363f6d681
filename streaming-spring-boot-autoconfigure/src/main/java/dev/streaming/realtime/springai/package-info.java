/**
 * Support for Spring AI's tools, messages and memory in realtime sessions. Spring AI is
 * an optional dependency.
 */
@NullMarked
package dev.streaming.realtime.springai;

import org.jspecify.annotations.NullMarked;
