package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.ToolRunner;

import org.springframework.util.Assert;

/**
 * The client's side of the Live API. Thread-safe.
 */
final class GeminiLiveClient implements RealtimeClient {

	private final Session session;

	private final GeminiLiveOptions options;

	private final TextInput textInput;

	private final GeminiTurnState conversation;

	private final ToolRunner tools;

	private final ReentrantLock lock = new ReentrantLock();

	// Guarded by lock: texts that go out when the model is to answer
	private final List<String> waiting = new ArrayList<>();

	GeminiLiveClient(Session session, GeminiLiveOptions options, GeminiTurnState conversation, ToolRunner tools) {
		this.session = session;
		this.options = options;
		this.textInput = options.textInput().resolve(options.model());
		this.conversation = conversation;
		this.tools = tools;
	}

	@Override
	public void sendText(String text) {
		Assert.notNull(text, "'text' must not be null");
		this.lock.lock();
		try {
			if (this.textInput == TextInput.REALTIME) {
				// Realtime input is answered by itself
				this.waiting.add(text);
				return;
			}
			boolean outage = isOutage();
			send(ClientMessages.userTurn(List.of(text), false), outage, this.conversation.saying(text, outage));
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void sendAudio(byte[] audio) {
		Assert.notNull(audio, "'audio' must not be null");
		this.lock.lock();
		try {
			if (this.options.activityDetection().disabled() && this.conversation.speak(true)) {
				send(ClientMessages.activityStart(), false, () -> this.conversation.speak(false));
			}
			this.session.sendRaw(ClientMessages.audio(audio, this.options.inputSampleRate()));
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void commitAudio() {
		this.lock.lock();
		try {
			if (!this.options.activityDetection().disabled()) {
				this.session.sendRaw(ClientMessages.audioStreamEnd());
			}
			else if (this.conversation.speak(false)) {
				boolean outage = isOutage();
				Runnable unask = this.conversation.asking(outage);
				send(ClientMessages.activityEnd(), outage, () -> {
					unask.run();
					this.conversation.speak(true);
				});
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void respond() {
		this.lock.lock();
		try {
			boolean outage = isOutage();
			if (!this.waiting.isEmpty()) {
				String text = String.join("\n", this.waiting);
				send(ClientMessages.realtimeText(text), outage, this.conversation.asking(text, outage));
				this.waiting.clear();
			}
			else if (this.conversation.hasUnasked()) {
				send(ClientMessages.userTurn(List.of(), true), outage, this.conversation.asking(outage));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isOutage() {
		return this.session.state() == Session.State.RECONNECTING;
	}

	/**
	 * Send what the conversation was told of.
	 * @param message the message
	 * @param held whether the conversation was told that it is held back
	 * @param takeBack tells the conversation that it was not sent
	 */
	private void send(Message message, boolean held, Runnable takeBack) {
		try {
			this.session.sendRaw(message);
		}
		catch (RuntimeException ex) {
			takeBack.run();
			throw ex;
		}
		if (held && !isOutage()) {
			// There was a connection by then
			this.conversation.reconnected();
		}
	}

	@Override
	public void cancel() {
		if (!this.conversation.cancel()) {
			return;
		}
		// The model waits for the results of its calls before it ends its turn
		this.conversation.openCalls().forEach((id, name) -> {
			this.tools.cancel(id);
			answer(id, name, ClientMessages.CANCELLED);
		});
	}

	@Override
	public void toolResult(String id, String name, String json) {
		Assert.notNull(id, "'id' must not be null");
		Assert.notNull(name, "'name' must not be null");
		Assert.notNull(json, "'json' must not be null");
		answer(id, name, json);
	}

	private void answer(String id, String name, String json) {
		if (this.conversation.returning(id)) {
			send(ClientMessages.toolResponse(id, name, json), false, () -> this.conversation.notReturned(id, name));
		}
	}

	@Override
	public int truncate(Duration heard) {
		Assert.notNull(heard, "'heard' must not be null");
		return this.session.response().discard(RealtimeChunks.audio());
	}

}
