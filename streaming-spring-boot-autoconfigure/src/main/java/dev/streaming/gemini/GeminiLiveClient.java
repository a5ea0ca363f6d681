package dev.streaming.gemini;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

import dev.streaming.MediaData;
import dev.streaming.Message;
import dev.streaming.OutagePolicy;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.gemini.AnswerRequest.Cancellation;
import dev.streaming.gemini.OpenCalls.Call;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.AnswerQueue;
import dev.streaming.realtime.AudioFormat;
import dev.streaming.realtime.AudioInput;
import dev.streaming.realtime.Question;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.ToolRunner;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The client's side of the Live API. Thread-safe.
 */
final class GeminiLiveClient implements RealtimeClient {

	/** The service speaks at this rate, in Hz, whatever it hears. */
	private static final int OUTPUT_RATE = 24_000;

	private final AudioInput input = new AudioInput();

	private final Session session;

	private final SessionContext context;

	private final GeminiLiveOptions options;

	private final TextInput textInput;

	private final TurnGuard conversation;

	private final ToolRunner tools;

	private final GeminiSession live;

	private final AnswerQueue answers;

	// Keeps the order of what is sent; held while sending
	private final ReentrantLock order = new ReentrantLock();

	/**
	 * Create a client.
	 * @param session the session, which sends
	 * @param context the same session, as its handler sees it
	 * @param options the settings of the session
	 * @param conversation the state of the conversation
	 * @param tools calls the tools of the session
	 * @param live the reading side of the session
	 */
	GeminiLiveClient(Session session, SessionContext context, GeminiLiveOptions options, TurnGuard conversation,
			ToolRunner tools, GeminiSession live) {
		this.session = session;
		this.context = context;
		this.options = options;
		this.textInput = options.textInput().resolve(options.model());
		this.conversation = conversation;
		this.tools = tools;
		this.live = live;
		this.answers = new AnswerQueue(new Asker());
		this.answers.attach(context);
		live.answers(this.answers);
	}

	@Override
	public Answer ask(String text) {
		return this.answers.ask(text);
	}

	@Override
	public void sendText(String text) {
		Assert.notNull(text, "'text' must not be null");
		this.order.lock();
		try {
			if (this.textInput == TextInput.REALTIME) {
				// Realtime input is answered automatically
				this.conversation.tell((state) -> state.written().keeping(text));
				return;
			}
			Message message = ClientMessages.userTurn(List.of(text), false);
			Outage outage = outage();
			if (outage == Outage.DROPPING) {
				send(message);
				return;
			}
			WrittenText said = this.conversation.ask((state) -> state.written().saying(text, outage.isHolding()));
			try {
				send(message);
			}
			catch (RuntimeException ex) {
				this.conversation.tell((state) -> state.written().notSaid(said));
				throw ex;
			}
			sent(outage);
		}
		finally {
			this.order.unlock();
		}
	}

	@Override
	public void sendAudio(byte[] audio) {
		Assert.notNull(audio, "'audio' must not be null");
		this.order.lock();
		try {
			Outage outage = outage();
			if (this.options.activityDetection().disabled() && outage != Outage.DROPPING
					&& this.conversation.ask((state) -> state.spoken().sending(outage.isHolding()))) {
				try {
					send(ClientMessages.activityStart());
				}
				catch (RuntimeException ex) {
					this.conversation.tell((state) -> state.spoken().notSending());
					throw ex;
				}
				sent(outage);
			}
			send(ClientMessages.audio(audio, this.options.inputSampleRate()));
		}
		finally {
			this.order.unlock();
		}
	}

	@Override
	public void sendAudio(MediaData audio) {
		AudioFormat format = inputFormat();
		format.check(audio);
		byte[] whole = this.input.whole(audio.data(), format.frameSize());
		if (whole.length > 0) {
			sendAudio(whole);
		}
	}

	@Override
	public AudioFormat inputFormat() {
		return AudioFormat.pcm16(this.options.inputSampleRate());
	}

	@Override
	public AudioFormat outputFormat() {
		return AudioFormat.pcm16(OUTPUT_RATE);
	}

	@Override
	public void commitAudio() {
		this.input.reset();
		this.order.lock();
		try {
			Outage outage = outage();
			if (!this.options.activityDetection().disabled()) {
				send(ClientMessages.audioStreamEnd());
				if (outage == Outage.NONE) {
					this.conversation.tell((state) -> state.spoken().sentWhole());
				}
			}
			else if (outage != Outage.DROPPING
					&& this.conversation.ask((state) -> state.spoken().ending(outage.isHolding()))) {
				try {
					send(ClientMessages.activityEnd());
				}
				catch (RuntimeException ex) {
					this.conversation.tell((state) -> state.spoken().notEnded());
					throw ex;
				}
				this.conversation.tell((state) -> state.spoken().ended());
				sent(outage);
			}
		}
		finally {
			this.order.unlock();
		}
		this.live.sendReleased();
	}

	@Override
	public void respond() {
		respond(null);
	}

	private void respond(@Nullable Question asked) {
		this.order.lock();
		try {
			Message question = this.conversation.ask((state) -> state.written().question());
			if (question == null) {
				return;
			}
			Outage outage = outage();
			if (outage == Outage.DROPPING) {
				send(question);
				return;
			}
			AnswerRequest request = this.conversation.ask((state) -> {
				AnswerRequest created = state.written().asking(question, outage.isHolding());
				created.asks(asked);
				if (asked != null) {
					state.questions().asked(asked);
				}
				return created;
			});
			try {
				send(question);
			}
			catch (RuntimeException ex) {
				this.conversation.tell((state) -> {
					state.questions().answered(asked);
					state.written().notAsked(request);
				});
				throw ex;
			}
			sent(outage);
		}
		finally {
			this.order.unlock();
		}
	}

	private void send(Message message) {
		this.live.ownSends().send(this.session::sendRaw, message);
	}

	private Outage outage() {
		if (this.session.state() != Session.State.RECONNECTING) {
			return Outage.NONE;
		}
		boolean drops = this.context.config()
			.map(SessionConfig::sendWhileReconnecting)
			.filter((policy) -> policy == OutagePolicy.DROP)
			.isPresent();
		return (drops && this.conversation.ask(GeminiTurnState::isDropping)) ? Outage.DROPPING : Outage.HOLDING;
	}

	// There may have been a connection by then
	private void sent(Outage outage) {
		if (outage.isHolding() && this.session.state() != Session.State.RECONNECTING) {
			this.conversation.tell(GeminiTurnState::released);
		}
	}

	@Override
	public void cancel() {
		// Not in order: a send that waits for a connection is what is to be taken back
		withdraw((request) -> true);
		// The model waits for the results of its calls before it ends its turn
		cancelCalls(this.conversation.ask((state) -> state.cancel()));
	}

	private void withdraw(Predicate<AnswerRequest> unwanted) {
		for (AnswerRequest request : this.conversation.ask((state) -> state.written().heldRequests())) {
			Message message = request.message();
			if (unwanted.test(request) && message != null && this.context.withdraw(message)) {
				this.conversation.tell((state) -> state.written().notAsked(request));
			}
		}
	}

	private void cancelCalls(Map<String, String> calls) {
		calls.forEach((id, name) -> {
			this.tools.cancel(id);
			answer(id, ClientMessages.CANCELLED, Cancellation.CANCELLED);
		});
	}

	@Override
	public void toolResult(String id, String name, String json) {
		Assert.notNull(id, "'id' must not be null");
		Assert.notNull(name, "'name' must not be null");
		Assert.notNull(json, "'json' must not be null");
		answer(id, json, Cancellation.NONE);
	}

	private void answer(String id, String json, Cancellation cancellation) {
		Call call = this.conversation.ask((state) -> state.tools().returning(id, cancellation));
		if (call == null) {
			return;
		}
		try {
			send(ClientMessages.toolResponse(id, call.name(), json));
			this.live.askedAgain();
		}
		catch (RuntimeException ex) {
			this.conversation.tell((state) -> state.tools().notReturned(id, call));
			throw ex;
		}
	}

	@Override
	public int truncate(Duration heard) {
		Assert.notNull(heard, "'heard' must not be null");
		return this.session.response().discard(RealtimeChunks.audio());
	}

	/**
	 * What becomes of a message at this moment.
	 */
	private enum Outage {

		/** It is sent. */
		NONE,

		/** It is held back until there is a connection, or refused. */
		HOLDING,

		/** It is dropped. */
		DROPPING;

		boolean isHolding() {
			return this == HOLDING;
		}

	}

	/**
	 * Asks the questions of a queue.
	 */
	private final class Asker implements AnswerQueue.Asker {

		@Override
		public boolean ask(Question question) {
			GeminiLiveClient.this.order.lock();
			try {
				if (!GeminiLiveClient.this.conversation.ask(GeminiTurnState::mayAsk)) {
					return false;
				}
				sendText(question.text());
				respond(question);
				return true;
			}
			finally {
				GeminiLiveClient.this.order.unlock();
			}
		}

		@Override
		public void cancel(Question question) {
			withdraw((request) -> request.question() == question);
			cancelCalls(GeminiLiveClient.this.conversation.ask((state) -> state.cancel(question)));
		}

		@Override
		public boolean isHeldUp(Question question) {
			return GeminiLiveClient.this.conversation
				.ask((state) -> state.isHeldUp(question, GeminiLiveClient.this.tools::supports));
		}

	}

}
