package dev.streaming.openai;

import java.time.Duration;
import java.util.function.Supplier;

import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.ToolCall;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.AudioFormat;
import dev.streaming.realtime.AudioInput;
import dev.streaming.realtime.ConnectionMessages;
import dev.streaming.realtime.OutgoingInput;
import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.ResponseOptions;
import dev.streaming.realtime.Role;
import dev.streaming.realtime.SessionChange;
import dev.streaming.realtime.ToolResult;

import org.springframework.util.Assert;

/**
 * {@link RealtimeClient} for GPT-Live. Thread-safe; its state is that of the handler.
 */
final class OpenAiLiveClient implements RealtimeClient {

	private static final int MAX_PIECE = 1024 * 1024;

	private final Session session;

	private final RealtimeCapabilities capabilities;

	private final LiveDecoder decoder;

	private final LiveDelegations delegations;

	private final ConnectionMessages results;

	private final Supplier<OutgoingInput> outgoing;

	private final AudioInput input = new AudioInput();

	OpenAiLiveClient(Session session, RealtimeCapabilities capabilities, LiveDecoder decoder,
			LiveDelegations delegations, ConnectionMessages results, Supplier<OutgoingInput> outgoing) {
		this.outgoing = outgoing;
		this.session = session;
		this.capabilities = capabilities;
		this.decoder = decoder;
		this.delegations = delegations;
		this.results = results;
	}

	@Override
	public RealtimeCapabilities capabilities() {
		return this.capabilities;
	}

	@Override
	public Answer ask(String text) {
		throw unsupported("questions in text", "the user speaks, and the model decides when it answers");
	}

	@Override
	public Answer ask(String text, ResponseOptions options) {
		return ask(text);
	}

	@Override
	public void sendText(String text) {
		sendText(text, Role.USER);
	}

	@Override
	public void sendText(String text, Role role) {
		Assert.notNull(role, "'role' must not be null");
		Assert.hasText(text, "'text' must not be empty");
		if (role != Role.SYSTEM) {
			throw unsupported("texts of user or model once a session has started",
					"use sendText(text, Role.SYSTEM) to give the model context");
		}
		this.capabilities.require(Feature.ROLES, "The model of this session takes no instructions once it has started");
		String left = this.outgoing.get().text(text, role);
		if (left != null) {
			LiveClientEvents.instructions(left).forEach(this.session::sendRaw);
		}
	}

	@Override
	public void sendImage(MediaData image) {
		throw unsupported("images", "the model is a voice model without vision");
	}

	@Override
	public void approve(String approvalId, boolean approved) {
		throw unsupported("approvals",
				"the tools of MCP servers belong to the model that does delegated work; set their"
						+ " require_approval in 'session'");
	}

	@Override
	public void sendAudio(byte[] audio) {
		Assert.notNull(audio, "'audio' must not be null");
		byte[] left = this.outgoing.get().audio(audio, inputFormat());
		if (left == null) {
			return;
		}
		for (int offset = 0; offset < left.length; offset += MAX_PIECE) {
			this.session.sendRaw(LiveClientEvents.audio(left, offset, Math.min(MAX_PIECE, left.length - offset)));
		}
	}

	@Override
	public void sendAudio(MediaData audio) {
		AudioFormat format = inputFormat();
		format.check(audio);
		sendAudio(this.input.whole(audio.data(), format.frameSize()));
	}

	@Override
	public AudioFormat inputFormat() {
		return this.decoder.audioFormat();
	}

	@Override
	public AudioFormat outputFormat() {
		return this.decoder.audioFormat();
	}

	@Override
	public void commitAudio() {
		throw unsupported("commitAudio", "the model listens all the time and detects the end of a turn itself");
	}

	@Override
	public void clearAudio() {
		throw unsupported("clearAudio", "the model processes audio when it arrives");
	}

	@Override
	public void respond() {
		throw unsupported("respond", "the model decides when it speaks");
	}

	@Override
	public void respond(ResponseOptions options) {
		respond();
	}

	@Override
	public void update(SessionChange change) {
		throw unsupported("update", "a session keeps the settings that it was started with, but for those of its"
				+ " delegation; send a session.update with session.send to change these");
	}

	@Override
	public void cancel() {
		throw unsupported("cancel", "the model decides when it stops speaking; discard the pending audio with"
				+ " session.response().discard(RealtimeChunks.audio())");
	}

	@Override
	public int truncate(Duration heard) {
		throw unsupported("truncate", "the model handles interruptions itself; discard the pending audio with"
				+ " session.response().discard(RealtimeChunks.audio())");
	}

	private static UnsupportedOperationException unsupported(String operation, String reason) {
		return new UnsupportedOperationException("GPT-Live has no " + operation + ": " + reason);
	}

	@Override
	public void toolResult(String id, String name, String json) {
		Assert.notNull(id, "'id' must not be null");
		Assert.notNull(json, "'json' must not be null");
		returned(id, ToolResult.of(json));
	}

	@Override
	public void toolResult(ToolCall call, ToolResult result) {
		Assert.notNull(call, "'call' must not be null");
		Assert.notNull(result, "'result' must not be null");
		if (!result.images().isEmpty()) {
			this.capabilities.require(Feature.RESULT_IMAGES,
					"The model of this session takes no images in the result of a tool");
		}
		returned(call.id(), result);
	}

	private void returned(String id, ToolResult result) {
		this.capabilities.require(Feature.TOOLS, "The model of this session calls no tools");
		long connection = this.results.connection();
		if (!this.delegations.returned(id, result,
				(message) -> this.results.send(connection, message, this.session::sendRaw))) {
			ConnectionMessages.resultDropped(this.session);
		}
	}

}
