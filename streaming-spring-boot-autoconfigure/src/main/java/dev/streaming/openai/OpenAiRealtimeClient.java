package dev.streaming.openai;

import java.time.Duration;

import dev.streaming.Session;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.RealtimeClient;

import org.springframework.util.Assert;

/**
 * Speaks OpenAI's protocol over a session. Thread-safe; what it knows is the handler's.
 */
final class OpenAiRealtimeClient implements RealtimeClient {

	/** The provider takes 15 MiB at most; half of that is whole samples in any format. */
	private static final int MAX_PIECE = 7 * 1024 * 1024;

	private final Session session;

	private final Turns turns;

	private final SpokenAudio spoken;

	private final OpenAiConversation conversation;

	OpenAiRealtimeClient(Session session, Turns turns, SpokenAudio spoken, OpenAiConversation conversation) {
		this.session = session;
		this.turns = turns;
		this.spoken = spoken;
		this.conversation = conversation;
	}

	@Override
	public void sendText(String text) {
		Assert.notNull(text, "'text' must not be null");
		Item item = this.conversation.sending(text);
		try {
			this.session.sendRaw(this.turns.events().text(item));
		}
		catch (RuntimeException ex) {
			this.conversation.unsent(item);
			throw ex;
		}
		this.conversation.sent(item, isOutage());
		this.turns.responses().input();
	}

	@Override
	public void sendAudio(byte[] audio) {
		Assert.notNull(audio, "'audio' must not be null");
		for (int offset = 0; offset < audio.length; offset += MAX_PIECE) {
			this.session.sendRaw(this.turns.events().append(audio, offset, Math.min(MAX_PIECE, audio.length - offset)));
		}
		this.turns.audioSent();
	}

	@Override
	public void commitAudio() {
		this.session.sendRaw(this.turns.events().commit());
		this.turns.responses().input();
	}

	@Override
	public void respond() {
		this.turns.respond(false, isOutage(), this.session::sendRaw);
	}

	@Override
	public void cancel() {
		if (this.turns.responses().cancel()) {
			this.session.sendRaw(this.turns.events().responseCancel());
		}
	}

	@Override
	public void toolResult(String id, String name, String json) {
		Assert.notNull(id, "'id' must not be null");
		Assert.notNull(json, "'json' must not be null");
		this.turns.toolResult(id, json, this.session::sendRaw);
	}

	@Override
	public int truncate(Duration heard) {
		Assert.notNull(heard, "'heard' must not be null");
		// First, so that what comes meanwhile is dropped too
		SpokenAudio.Cut cut = this.spoken.truncate(heard);
		int dropped = this.session.response().discard(RealtimeChunks.audio());
		if (cut != null) {
			this.session
				.sendRaw(this.turns.events().truncate(cut.itemId(), cut.contentIndex(), cut.heard().toMillis()));
		}
		return dropped;
	}

	private boolean isOutage() {
		return this.session.state() == Session.State.RECONNECTING;
	}

}
