/**
 * Auto-configuration of streaming connections and sessions for Spring Boot.
 */
@NullMarked
package dev.streaming.autoconfigure;

import org.jspecify.annotations.NullMarked;
