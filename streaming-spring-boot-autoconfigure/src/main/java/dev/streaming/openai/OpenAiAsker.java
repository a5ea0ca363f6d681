package dev.streaming.openai;

import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.streaming.Message;
import dev.streaming.openai.ApplicationRequests.Described;
import dev.streaming.realtime.AnswerQueue;
import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.Question;
import dev.streaming.realtime.Role;

/**
 * Sends texts and questions in OpenAI's protocol. Thread-safe.
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
		Described described = new Described(ResponseDescription.of(question.options(), this.turns.offered()),
				ResponseDescription.behindTools(question.options(), this.turns.offered()));
		Asked asked = this.turns.apply((machine, now) -> {
			ResponseRequest request = machine.asked().asking(question, described, held, now);
			Message message = (request != null) ? request.message() : null;
			return (request != null && message != null) ? new Asked(request, message) : null;
		});
		if (asked == null) {
			return false;
		}
		this.turns.conversation().requested();
		try {
			write(this.turns, this.conversation, question.text(), Role.USER, held, this.turns::send);
			this.turns.send(asked.message());
		}
		catch (RuntimeException ex) {
			this.turns.accept((machine, now) -> machine.asked().notAsked(question, asked.request()));
			this.turns.conversation().settled();
			throw ex;
		}
		if (this.turns.apply((machine, now) -> asked.request().state() == ResponseRequest.State.DONE)) {
			// The connection, and with it the answer, was lost meanwhile
			this.turns.withdraw(asked.message());
		}
		this.turns.watch();
		return true;
	}

	/**
	 * Send a text.
	 * @param turns the state of the conversation
	 * @param conversation the history
	 * @param text the text
	 * @param role the speaker
	 * @param held whether the text may be held until there is a connection again
	 * @param sender called to send messages
	 */
	static void write(OpenAiTurns turns, OpenAiConversation conversation, String text, Role role, boolean held,
			Consumer<Message> sender) {
		String eventId = turns.events().nextId(ClientEvents.ITEM);
		Item item = conversation.sending(ConversationHistory.Role.valueOf(role.name()), text, eventId);
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
	public void askBeside(Question question) {
		ClientEvents events = this.turns.events();
		String key = events.nextId("question");
		String eventId = events.nextId(ClientEvents.RESPONSE);
		Message message = events.responseCreate(eventId,
				ResponseDescription.question(question.options(), this.turns.offered(), question.text(), key));
		this.turns.sendBeside(key, eventId, message, question, this.turns.isOffline(), this.turns::send);
	}

	private void cancelBeside(Question question) {
		BesideRequest held = this.turns.apply((machine, now) -> machine.beside().cancelled(question));
		if (held != null && this.turns.withdraw(held.message())) {
			this.turns.accept((machine, now) -> machine.beside().over(held));
		}
		this.turns.flush(this.turns::send);
	}

	@Override
	public void cancel(Question question) {
		if (question.isOutOfBand()) {
			cancelBeside(question);
			return;
		}
		this.turns.conversation().cancelled();
		this.turns.accept((machine, now) -> machine.cancellation().cancel(question));
		this.turns.flush(this.turns::send);
	}

	@Override
	public boolean isHeldUp(Question question) {
		return this.turns.apply((machine, now) -> question.isOutOfBand() ? machine.beside().isHeld(question)
				: machine.questions().isHeldUp(question, this.ownTool));
	}

	private record Asked(ResponseRequest request, Message message) {

	}

}
