package dev.streaming.openai;

/**
 * Strategy for the work that a GPT-Live model delegates to the application. A delegation
 * does not describe the work: the handler derives it from the conversation. A bean of
 * this type is used on every connection of the provider {@code openai-live} whose
 * delegation is {@link LiveDelegation.Type#CLIENT}.
 *
 * <pre>{@code
 * &#64;Bean
 * DelegationHandler research(Research research) {
 *     return (delegation) -> {
 *         delegation.think("Looking it up takes half a minute.");
 *         delegation.say(research.answer(delegation.conversation()));
 *     };
 * }
 * }</pre>
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface DelegationHandler {

	/**
	 * Do the work. Called on a thread of the tool executor, may block, and is interrupted
	 * after {@code tool-timeout} or when the session ends or loses its connection. An
	 * interruption by the user does not cancel the work.
	 * @param delegation the work
	 * @throws Exception if the work fails: the model is notified, with the message of a
	 * {@link dev.streaming.realtime.ToolException}, or without details of any other
	 * exception
	 */
	void handle(Delegation delegation) throws Exception;

}
