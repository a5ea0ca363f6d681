package dev.streaming.openai;

import java.time.Duration;
import java.util.List;

import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.AudioFormat;
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

	private final OpenAiTurns turns;

	private final SpokenAudio spoken;

	private final OpenAiConversation conversation;

	OpenAiRealtimeClient(Session session, OpenAiTurns turns, SpokenAudio spoken, OpenAiConversation conversation) {
		this.session = session;
		this.turns = turns;
		this.spoken = spoken;
		this.conversation = conversation;
	}

	@Override
	public Answer ask(String text) {
		Assert.state(!this.turns.isTranscribing(), "A session that only transcribes has no answers");
		return this.turns.answers().ask(text);
	}

	@Override
	public void sendText(String text) {
		Assert.notNull(text, "'text' must not be null");
		OpenAiAsker.write(this.turns, this.conversation, text, isOutage(), this.session::sendRaw);
		this.turns.accept((machine, now) -> machine.input());
	}

	@Override
	public void sendAudio(byte[] audio) {
		Assert.notNull(audio, "'audio' must not be null");
		if (audio.length == 0) {
			return;
		}
		boolean held = isOutage();
		UserTurn begun = this.turns.apply((machine, now) -> machine.audioSending(held, now));
		try {
			for (int offset = 0; offset < audio.length; offset += MAX_PIECE) {
				this.session
					.sendRaw(this.turns.events().append(audio, offset, Math.min(MAX_PIECE, audio.length - offset)));
			}
		}
		catch (RuntimeException ex) {
			if (begun != null) {
				this.turns.accept((machine, now) -> machine.audioNotSent(begun));
			}
			throw ex;
		}
	}

	@Override
	public void sendAudio(MediaData audio) {
		AudioFormat format = inputFormat();
		format.check(audio);
		sendAudio(this.turns.heard().input().whole(audio.data(), format.frameSize()));
	}

	@Override
	public AudioFormat inputFormat() {
		return this.turns.heard().format();
	}

	@Override
	public AudioFormat outputFormat() {
		return this.spoken.outputFormat();
	}

	@Override
	public void commitAudio() {
		this.turns.heard().input().reset();
		UserTurn turn = this.turns.apply((machine, now) -> machine.committing(now));
		try {
			this.session.sendRaw(this.turns.events().commit());
		}
		catch (RuntimeException ex) {
			if (turn != null) {
				this.turns.accept((machine, now) -> machine.notCommitted(turn));
			}
			throw ex;
		}
	}

	@Override
	public void respond() {
		this.turns.respond(isOutage(), this.session::sendRaw);
	}

	@Override
	public void cancel() {
		this.turns.cancel(this.session::sendRaw);
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
		List<SpokenAudio.Cut> cuts = this.spoken.truncate(heard);
		int dropped = this.session.response().discard(RealtimeChunks.audio().and(ResponseDecoder.inConversation()));
		for (SpokenAudio.Cut cut : cuts) {
			this.conversation.truncated(cut.itemId(), cut.share());
			this.session
				.sendRaw(this.turns.events().truncate(cut.itemId(), cut.contentIndex(), cut.heard().toMillis()));
		}
		return dropped;
	}

	private boolean isOutage() {
		return this.session.state() == Session.State.RECONNECTING;
	}

}
