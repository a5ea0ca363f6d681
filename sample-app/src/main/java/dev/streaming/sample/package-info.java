/**
 * Sample application: a chat with the provider of the active profile.
 */
@NullMarked
package dev.streaming.sample;

import org.jspecify.annotations.NullMarked;
