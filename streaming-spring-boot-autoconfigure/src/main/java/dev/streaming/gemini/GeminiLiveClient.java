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
import dev.streaming.ToolCall;
import dev.streaming.gemini.AnswerRequest.Cancellation;
import dev.streaming.gemini.OpenCalls.Call;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.AnswerQueue;
import dev.streaming.realtime.AudioFormat;
import dev.streaming.realtime.AudioInput;
import dev.streaming.realtime.ConnectionMessages;
import dev.streaming.realtime.ImageInput;
import dev.streaming.realtime.OutgoingInput;
import dev.streaming.realtime.Question;
import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.ResponseOptions;
import dev.streaming.realtime.Role;
import dev.streaming.realtime.SessionChange;
import dev.streaming.realtime.ToolResult;
import dev.streaming.realtime.ToolRunner;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * {@link RealtimeClient} for the Live API. Thread-safe.
 */
final class GeminiLiveClient implements RealtimeClient {

	private final AudioInput input = new AudioInput();

	private final Session session;

	private final SessionContext context;

	private final OutgoingInput outgoing;

	private final GeminiLiveOptions options;

	private final TextInput textInput;

	private final TurnGuard conversation;

	private final ToolRunner tools;

	private final GeminiSession live;

	private final AnswerQueue answers;

	// Keeps the order of messages; held while sending
	private final ReentrantLock order = new ReentrantLock();

	/**
	 * Create a client.
	 * @param session the session, which sends the messages
	 * @param context the context of the same session
	 * @param options the settings of the session
	 * @param conversation the state of the conversation
	 * @param tools the runner of the session's tools
	 * @param live the reading side of the session
	 */
	GeminiLiveClient(Session session, SessionContext context, GeminiLiveOptions options, TurnGuard conversation,
			ToolRunner tools, GeminiSession live) {
		this.session = session;
		this.context = context;
		this.outgoing = new OutgoingInput(context);
		this.options = options;
		this.textInput = options.textInput().resolve(options.capabilities());
		this.conversation = conversation;
		this.tools = tools;
		this.live = live;
		this.answers = new AnswerQueue(new Asker());
		this.answers.attach(context);
		live.answers(this.answers);
	}

	@Override
	public Answer ask(String text) {
		Assert.hasText(text, "'text' must not be empty");
		requireText();
		requireResponses();
		return this.answers.ask(this.outgoing.question(text));
	}

	@Override
	public Answer ask(String text, ResponseOptions options) {
		refuse(options);
		return ask(text);
	}

	@Override
	public void respond(ResponseOptions options) {
		refuse(options);
		respond();
	}

	private static void refuse(ResponseOptions options) {
		Assert.notNull(options, "'options' must not be null");
		if (!options.names().isEmpty()) {
			throw new UnsupportedOperationException("The Live API has no settings of a single response, such as "
					+ options.names() + "; update changes those of the session");
		}
	}

	@Override
	public void sendText(String text) {
		Assert.notNull(text, "'text' must not be null");
		requireText();
		String left = this.outgoing.text(text, Role.USER);
		if (left != null) {
			write(left);
		}
	}

	private void requireText() {
		capabilities().require(Feature.TEXT_INPUT, "The model of this session takes no texts");
	}

	private void requireResponses() {
		capabilities().require(Feature.RESPONSES, "The model of this session cannot be asked to answer");
	}

	private void write(String text) {
		this.live.events().said();
		this.order.lock();
		try {
			if (this.textInput == TextInput.REALTIME) {
				// Realtime input is answered automatically
				this.conversation.accept((state) -> state.written().keeping(text));
				return;
			}
			Message message = ClientMessages.userTurn(List.of(text), false);
			Outage outage = outage();
			if (outage == Outage.DROPPING) {
				send(message);
				return;
			}
			WrittenText said = this.conversation.apply((state) -> state.written().saying(text, outage.isHolding()));
			try {
				send(message);
			}
			catch (RuntimeException ex) {
				this.conversation.accept((state) -> state.written().notSaid(said));
				throw ex;
			}
			sent(outage);
		}
		finally {
			this.order.unlock();
		}
	}

	@Override
	public void sendText(String text, Role role) {
		Assert.notNull(text, "'text' must not be null");
		Assert.notNull(role, "'role' must not be null");
		switch (role) {
			case USER -> sendText(text);
			case ASSISTANT -> sendTextOfModel(text);
			case SYSTEM -> throw new UnsupportedOperationException(
					"The Live API has no texts of the system in the conversation; change the instructions with update");
		}
	}

	private void sendTextOfModel(String text) {
		requireText();
		capabilities().require(Feature.ROLES, "The model of this session takes texts of the user only");
		String left = this.outgoing.text(text, Role.ASSISTANT);
		if (left != null) {
			writeForModel(left);
		}
	}

	private void writeForModel(String text) {
		this.order.lock();
		try {
			Message message = ClientMessages.modelTurn(text);
			Outage outage = outage();
			if (outage == Outage.DROPPING) {
				send(message);
				return;
			}
			String said = this.conversation.apply((state) -> state.written().sayingForModel(text, outage.isHolding()));
			try {
				send(message);
			}
			catch (RuntimeException ex) {
				this.conversation.accept((state) -> state.written().notSaidForModel(said));
				throw ex;
			}
			sent(outage);
		}
		finally {
			this.order.unlock();
		}
	}

	@Override
	public void sendImage(MediaData image) {
		String type = ImageInput.check(image);
		capabilities().require(Feature.IMAGES, "The model of this session takes no images");
		this.order.lock();
		try {
			send(ClientMessages.video(type, image.data()));
		}
		finally {
			this.order.unlock();
		}
	}

	@Override
	public void update(SessionChange change) {
		Assert.notNull(change, "'change' must not be null");
		capabilities().require(Feature.UPDATE, "The settings of this session cannot be changed");
		this.live.update(SessionChangeDescription.of(change, this.options, this.live.offered()), change.tools());
	}

	@Override
	public void clearAudio() {
		throw new UnsupportedOperationException(
				"The Live API cannot clear audio that was sent; end the user's turn with commitAudio");
	}

	@Override
	public void approve(String approvalId, boolean approved) {
		throw new UnsupportedOperationException(
				"The Live API asks for no approval: it calls no tools of MCP servers; a ToolApproval bean decides on yours");
	}

	@Override
	public void sendAudio(byte[] audio) {
		Assert.notNull(audio, "'audio' must not be null");
		byte[] left = this.outgoing.audio(audio, inputFormat());
		if (left != null) {
			speak(left);
		}
	}

	private void speak(byte[] audio) {
		this.order.lock();
		try {
			Outage outage = outage();
			if (this.options.activityDetection().disabled() && outage != Outage.DROPPING
					&& this.conversation.apply((state) -> state.spoken().sending(outage.isHolding()))) {
				this.live.events().userStarted();
				try {
					send(ClientMessages.activityStart());
				}
				catch (RuntimeException ex) {
					this.conversation.accept((state) -> state.spoken().notSending());
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
		return AudioFormat.pcm16(GeminiModels.OUTPUT_RATE);
	}

	@Override
	public RealtimeCapabilities capabilities() {
		return this.options.capabilities();
	}

	@Override
	public void commitAudio() {
		capabilities().require(Feature.COMMIT, "The model of this session finds out itself when the user has finished");
		this.input.reset();
		this.order.lock();
		try {
			Outage outage = outage();
			if (!this.options.activityDetection().disabled()) {
				send(ClientMessages.audioStreamEnd());
				this.live.events().userEnded(true);
				if (outage == Outage.NONE) {
					this.conversation.accept((state) -> state.spoken().sentWhole());
				}
			}
			else if (outage != Outage.DROPPING
					&& this.conversation.apply((state) -> state.spoken().ending(outage.isHolding()))) {
				try {
					send(ClientMessages.activityEnd());
				}
				catch (RuntimeException ex) {
					this.conversation.accept((state) -> state.spoken().notEnded());
					throw ex;
				}
				this.conversation.accept((state) -> state.spoken().ended());
				this.live.events().userEnded(true);
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
		requireResponses();
		request(null);
	}

	private void request(@Nullable Question asked) {
		this.order.lock();
		try {
			Message question = this.conversation.apply((state) -> state.written().question());
			if (question == null) {
				return;
			}
			Outage outage = outage();
			if (outage == Outage.DROPPING) {
				send(question);
				return;
			}
			AnswerRequest request = this.conversation.apply((state) -> {
				AnswerRequest created = state.written().asking(question, outage.isHolding());
				created.asks(asked);
				if (asked != null) {
					state.questions().asked(asked);
				}
				return created;
			});
			this.live.events().requested();
			try {
				send(question);
			}
			catch (RuntimeException ex) {
				this.conversation.accept((state) -> {
					state.questions().answered(asked);
					state.written().notAsked(request);
				});
				this.live.events().settled();
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
		return (drops && this.conversation.apply(GeminiTurnState::isDropping)) ? Outage.DROPPING : Outage.HOLDING;
	}

	// There may be a connection meanwhile
	private void sent(Outage outage) {
		if (outage.isHolding() && this.session.state() != Session.State.RECONNECTING) {
			this.conversation.accept(GeminiTurnState::released);
		}
	}

	@Override
	public void cancel() {
		this.live.events().cancelled();
		// Without the order lock, because a send that waits for a connection is to be
		// withdrawn
		withdraw((request) -> true);
		// The model waits for the results of its calls before it ends its turn
		cancelCalls(this.conversation.apply((state) -> state.cancel()));
	}

	private void withdraw(Predicate<AnswerRequest> unwanted) {
		for (AnswerRequest request : this.conversation.apply((state) -> state.written().heldRequests())) {
			Message message = request.message();
			if (unwanted.test(request) && message != null && this.context.withdraw(message)) {
				this.conversation.accept((state) -> state.written().notAsked(request));
			}
		}
	}

	private void cancelCalls(Map<String, String> calls) {
		calls.forEach((id, name) -> {
			this.tools.cancel(id);
			answer(id, ToolResult.of(ClientMessages.CANCELLED), Cancellation.CANCELLED);
		});
	}

	@Override
	public void toolResult(String id, String name, String json) {
		Assert.notNull(id, "'id' must not be null");
		Assert.notNull(name, "'name' must not be null");
		Assert.notNull(json, "'json' must not be null");
		requireTools();
		answer(id, ToolResult.of(json));
	}

	@Override
	public void toolResult(ToolCall call, ToolResult result) {
		Assert.notNull(call, "'call' must not be null");
		Assert.notNull(result, "'result' must not be null");
		if (!result.images().isEmpty()) {
			capabilities().require(Feature.RESULT_IMAGES,
					"The model of this session takes no images in the result of a tool");
		}
		requireTools();
		answer(call.id(), result);
	}

	private void answer(String id, ToolResult result) {
		if (!answer(id, result, Cancellation.NONE)) {
			ConnectionMessages.resultDropped(this.session);
		}
	}

	private void requireTools() {
		capabilities().require(Feature.TOOLS, "The model of this session calls no tools");
	}

	private boolean answer(String id, ToolResult result, Cancellation cancellation) {
		long connection = this.live.results().connection();
		Call call = this.conversation.apply((state) -> state.tools().returning(id, cancellation));
		if (call == null) {
			return false;
		}
		try {
			boolean sent = this.live.results()
				.send(connection, ClientMessages.toolResponse(id, call, result), this::send);
			this.live.askedAgain();
			return sent;
		}
		catch (RuntimeException ex) {
			this.conversation.accept((state) -> state.tools().notReturned(id, call));
			throw ex;
		}
	}

	@Override
	public int truncate(Duration heard) {
		Assert.notNull(heard, "'heard' must not be null");
		return this.session.response().discard(RealtimeChunks.audio());
	}

	/**
	 * Treatment of a message during an outage.
	 */
	private enum Outage {

		/** There is a connection: the message is sent. */
		NONE,

		/** The message is held until there is a connection, or refused. */
		HOLDING,

		/** The message is dropped. */
		DROPPING;

		boolean isHolding() {
			return this == HOLDING;
		}

	}

	/**
	 * Asks the questions of the queue.
	 */
	private final class Asker implements AnswerQueue.Asker {

		@Override
		public boolean ask(Question question) {
			GeminiLiveClient.this.order.lock();
			try {
				if (!GeminiLiveClient.this.conversation.apply(GeminiTurnState::mayAsk)) {
					return false;
				}
				write(question.text());
				request(question);
				return true;
			}
			finally {
				GeminiLiveClient.this.order.unlock();
			}
		}

		@Override
		public void cancel(Question question) {
			withdraw((request) -> request.question() == question);
			cancelCalls(GeminiLiveClient.this.conversation.apply((state) -> state.cancel(question)));
		}

		@Override
		public boolean isHeldUp(Question question) {
			return GeminiLiveClient.this.conversation
				.apply((state) -> state.isHeldUp(question, GeminiLiveClient.this.tools::supports));
		}

	}

}
