package dev.streaming.openai;

import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.streaming.MediaData;
import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.AudioFormat;
import dev.streaming.realtime.ConnectionMessages;
import dev.streaming.realtime.ImageInput;
import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.ResponseOptions;
import dev.streaming.realtime.Role;
import dev.streaming.realtime.SessionChange;

import org.springframework.util.Assert;

/**
 * {@link RealtimeClient} for OpenAI Realtime. Thread-safe; its state is that of the
 * handler.
 */
final class OpenAiRealtimeClient implements RealtimeClient {

	/**
	 * Maximum length of a piece of audio. The provider accepts 15 MiB; half of that is a
	 * whole number of samples in any format.
	 */
	private static final int MAX_PIECE = 7 * 1024 * 1024;

	private static final String TAKES_NO_TEXTS = "takes no texts";

	private final Session session;

	private final OpenAiTurns turns;

	private final SpokenAudio spoken;

	private final OpenAiConversation conversation;

	private final Supplier<RealtimeCapabilities> capabilities;

	private final BiConsumer<SessionChange, Consumer<Message>> updater;

	OpenAiRealtimeClient(Session session, OpenAiTurns turns, SpokenAudio spoken, OpenAiConversation conversation,
			Supplier<RealtimeCapabilities> capabilities, BiConsumer<SessionChange, Consumer<Message>> updater) {
		this.session = session;
		this.turns = turns;
		this.spoken = spoken;
		this.conversation = conversation;
		this.capabilities = capabilities;
		this.updater = updater;
	}

	@Override
	public RealtimeCapabilities capabilities() {
		return this.capabilities.get();
	}

	@Override
	public Answer ask(String text) {
		return ask(text, ResponseOptions.NONE);
	}

	@Override
	public Answer ask(String text, ResponseOptions options) {
		Assert.hasText(text, "'text' must not be empty");
		require(Feature.TEXT_INPUT, TAKES_NO_TEXTS);
		check(options);
		return this.turns.answers().ask(this.turns.outgoing().question(text), options);
	}

	// Report unsupported options before any other failure
	private void check(ResponseOptions options) {
		Assert.notNull(options, "'options' must not be null");
		require(Feature.RESPONSES, "cannot be asked to answer");
		if (!options.names().isEmpty()) {
			require(Feature.RESPONSE_OPTIONS, "has no settings of a single response");
			ResponseDescription.of(options, this.turns.offered());
		}
		if (options.outOfBand()) {
			require(Feature.OUT_OF_BAND_RESPONSES, "has no responses beside the conversation");
		}
	}

	private void require(Feature feature, String missing) {
		RealtimeCapabilities capable = capabilities();
		if (this.turns.isTranscribing() && !capable.supports(feature)) {
			throw new UnsupportedOperationException("A session that only transcribes " + missing
					+ ", because nobody answers in it; use a connection with the provider openai-realtime");
		}
		capable.require(feature, "The model of this session " + missing);
	}

	@Override
	public void sendText(String text) {
		sendText(text, Role.USER);
	}

	@Override
	public void sendText(String text, Role role) {
		Assert.notNull(text, "'text' must not be null");
		Assert.notNull(role, "'role' must not be null");
		require(Feature.TEXT_INPUT, TAKES_NO_TEXTS);
		if (role != Role.USER) {
			require(Feature.ROLES, "takes texts of the user only");
		}
		String left = this.turns.outgoing().text(text, role);
		if (left == null) {
			return;
		}
		OpenAiAsker.write(this.turns, this.conversation, left, role, isOutage(), this.session::sendRaw);
		this.turns.accept((machine, now) -> machine.input());
		this.turns.conversation().said();
	}

	@Override
	public void sendImage(MediaData image) {
		String type = ImageInput.check(image);
		require(Feature.IMAGES, "takes no images");
		this.session.sendRaw(this.turns.events().image(type, image.data()));
		this.turns.accept((machine, now) -> machine.input());
		this.turns.conversation().said();
	}

	@Override
	public void sendAudio(byte[] audio) {
		Assert.notNull(audio, "'audio' must not be null");
		byte[] left = this.turns.outgoing().audio(audio, inputFormat());
		if (left != null && left.length > 0) {
			append(left);
		}
	}

	private void append(byte[] audio) {
		boolean held = isOutage();
		UserTurn begun = this.turns.apply((machine, now) -> machine.audioSending(held, now));
		if (begun != null) {
			this.turns.conversation().userStarted();
		}
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
		require(Feature.COMMIT, "finds out itself when the user has finished");
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
		if (turn != null) {
			this.turns.userEnded();
		}
	}

	@Override
	public void clearAudio() {
		require(Feature.CLEAR, "cannot take audio back");
		this.turns.heard().input().reset();
		this.session.sendRaw(this.turns.events().clear());
		this.turns.accept((machine, now) -> machine.clearing());
	}

	@Override
	public void respond() {
		respond(ResponseOptions.NONE);
	}

	@Override
	public void respond(ResponseOptions options) {
		check(options);
		this.turns.respond(options, isOutage(), this.session::sendRaw);
	}

	@Override
	public void cancel() {
		require(Feature.CANCEL, "has no response that can be stopped");
		this.turns.cancel(this.session::sendRaw);
	}

	@Override
	public void toolResult(String id, String name, String json) {
		Assert.notNull(id, "'id' must not be null");
		Assert.notNull(json, "'json' must not be null");
		require(Feature.TOOLS, "calls no tools");
		if (!this.turns.toolResult(id, json, this.session::sendRaw)) {
			ConnectionMessages.resultDropped(this.session);
		}
	}

	@Override
	public void update(SessionChange change) {
		Assert.notNull(change, "'change' must not be null");
		require(Feature.UPDATE, "takes no change of its settings");
		this.updater.accept(change, this.session::sendRaw);
	}

	@Override
	public void approve(String approvalId, boolean approved) {
		Assert.hasText(approvalId, "'approvalId' must not be empty");
		require(Feature.APPROVAL, "calls no tools of MCP servers");
		this.session.sendRaw(this.turns.events().approval(approvalId, approved));
	}

	@Override
	public int truncate(Duration heard) {
		Assert.notNull(heard, "'heard' must not be null");
		if (this.turns.isTranscribing()) {
			require(Feature.TRUNCATE, "has no audio that is played");
		}
		// First, so that audio that arrives meanwhile is dropped, too
		List<SpokenAudio.Cut> cuts = this.spoken.truncate(heard);
		int dropped = this.session.response().discard(RealtimeChunks.audio().and(ResponseDecoder.inConversation()));
		if (this.turns.isCall()) {
			// The provider plays the audio, and truncates unplayed audio itself
			this.session.sendRaw(this.turns.events().clearOutput());
			return dropped;
		}
		boolean told = capabilities().truncate();
		for (SpokenAudio.Cut cut : cuts) {
			this.conversation.truncated(cut.itemId(), cut.share());
			if (told) {
				this.session
					.sendRaw(this.turns.events().truncate(cut.itemId(), cut.contentIndex(), cut.heard().toMillis()));
			}
		}
		return dropped;
	}

	private boolean isOutage() {
		return this.session.state() == Session.State.RECONNECTING;
	}

}
