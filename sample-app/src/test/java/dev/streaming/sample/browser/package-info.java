/**
 * The sample in a real browser.
 */
@NullMarked
package dev.streaming.sample.browser;

import org.jspecify.annotations.NullMarked;
