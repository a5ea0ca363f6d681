package dev.streaming.openai;

import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.streaming.Message;
import dev.streaming.realtime.AnswerQueue;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.Question;

/**
 * Writes texts of the user, and asks questions, in OpenAI's protocol. Thread-safe.
 */
final class OpenAiAsker implements AnswerQueue.Asker {

	private final OpenAiTurns turns;

	private final OpenAiConversation conversation;

	private final Predicate<String> ownTool;

	OpenAiAsker(OpenAiTurns turns, OpenAiConversation conversation, Predicate<String> ownTool) {
		this.turns = turns;
		this.conversation = conversation;
		this.ownTool = ownTool;
	}

	@Override
	public boolean ask(Question question) {
		boolean held = this.turns.isOffline();
		Asked asked = this.turns.apply((machine, now) -> {
			ResponseRequest request = machine.asking(question, held, now);
			Message message = (request != null) ? request.message() : null;
			return (request != null && message != null) ? new Asked(request, message) : null;
		});
		if (asked == null) {
			return false;
		}
		try {
			write(this.turns, this.conversation, question.text(), held, this.turns::send);
			this.turns.send(asked.message());
		}
		catch (RuntimeException ex) {
			this.turns.accept((machine, now) -> machine.notAsked(question, asked.request()));
			throw ex;
		}
		if (this.turns.apply((machine, now) -> asked.request().state() == ResponseRequest.State.DONE)) {
			// The connection was lost meanwhile, and the answer with it
			this.turns.withdraw(asked.message());
		}
		this.turns.watch();
		return true;
	}

	/**
	 * Send a text of the user.
	 * @param turns the state of the conversation
	 * @param conversation the history
	 * @param text the text
	 * @param held whether it may be held until there is a connection again
	 * @param sender sends
	 */
	static void write(OpenAiTurns turns, OpenAiConversation conversation, String text, boolean held,
			Consumer<Message> sender) {
		String eventId = turns.events().nextId(ClientEvents.ITEM);
		Item item = conversation.sending(text, eventId);
		try {
			sender.accept(turns.events().text(item, eventId));
		}
		catch (RuntimeException ex) {
			conversation.unsent(item);
			throw ex;
		}
		conversation.sent(item, held);
	}

	@Override
	public void cancel(Question question) {
		this.turns.accept((machine, now) -> machine.cancellation().cancel(question));
		this.turns.flush(this.turns::send);
	}

	@Override
	public boolean isHeldUp(Question question) {
		return this.turns.apply((machine, now) -> machine.questions().isHeldUp(question, this.ownTool));
	}

	private record Asked(ResponseRequest request, Message message) {

	}

}
