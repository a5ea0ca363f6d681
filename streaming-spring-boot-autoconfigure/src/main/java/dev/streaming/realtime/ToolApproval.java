package dev.streaming.realtime;

import dev.streaming.ToolCall;

/**
 * Strategy to approve or refuse each call of a {@link RealtimeTool}, by the application
 * or by a human, for tools with side effects. A bean of this type is used on every
 * realtime connection; of several beans all must approve.
 * <p>
 * Called on the thread of the tool, after the arguments were validated against the
 * schema. May block; the time counts towards the tool's timeout, after which the approval
 * is interrupted and the tool is not called.
 *
 * <pre>{@code
 * &#64;Bean
 * ToolApproval approval(Approvals approvals) {
 *     return (call, context) -> !call.name().startsWith("delete_")
 *         || approvals.ask(context.attributes().get("user"), call);
 * }
 * }</pre>
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface ToolApproval {

	/**
	 * Decide on a call.
	 * @param call the call; its arguments come from the model
	 * @param context the context of the call
	 * @return whether the call is approved; otherwise, the model is notified that it was
	 * not
	 * @throws Exception if there is no decision: the tool is not called, and the model
	 * receives the message of a {@link ToolException}, and no details of any other
	 * exception
	 */
	boolean approve(ToolCall call, RealtimeToolContext context) throws Exception;

}
