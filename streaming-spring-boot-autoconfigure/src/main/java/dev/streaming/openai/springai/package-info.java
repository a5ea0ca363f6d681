/**
 * Support for Spring AI in delegations of GPT-Live. Spring AI is an optional dependency.
 */
@NullMarked
package dev.streaming.openai.springai;

import org.jspecify.annotations.NullMarked;
