/**
 * Test support for streaming applications: scripted providers, virtual time and
 * assertions.
 */
@NullMarked
package dev.streaming.test;

import org.jspecify.annotations.NullMarked;
