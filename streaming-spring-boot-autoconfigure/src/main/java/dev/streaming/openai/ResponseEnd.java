package dev.streaming.openai;

import java.util.List;

import dev.streaming.ToolCall;

/**
 * Meaning of the end of a response.
 *
 * @param view the response as it was before
 * @param calls the calls that its end has made whole
 * @param called whether it has called, or waits for the approval of a call
 */
record ResponseEnd(ResponseView view, List<ToolCall> calls, boolean called) {

}
