package dev.streaming.openai;

import java.util.List;

import dev.streaming.ToolCall;

/**
 * Result of the end of a response.
 *
 * @param view the response before its end
 * @param calls the calls that the end has completed
 * @param called whether the response has called a function, or waits for the approval of
 * a call
 */
record ResponseEnd(ResponseView view, List<ToolCall> calls, boolean called) {

}
