/**
 * Embedded provider, so that the sample needs no account. The starter is only used for
 * the address of the provider, and to convert audio.
 */
@NullMarked
package dev.streaming.sample.provider;

import org.jspecify.annotations.NullMarked;
