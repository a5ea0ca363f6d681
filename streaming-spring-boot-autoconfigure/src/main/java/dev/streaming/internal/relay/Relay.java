package dev.streaming.internal.relay;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Session;
import dev.streaming.SessionLimitException;
import dev.streaming.SessionListener;
import dev.streaming.StreamChunk;
import dev.streaming.internal.concurrent.Scheduler.Timeout;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.relay.RelayEnd;
import dev.streaming.relay.RelayObserver.Attachment;
import dev.streaming.relay.RelayState;
import dev.streaming.relay.RelayTurnDetection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.CloseStatus;

/**
 * Relay between one browser and its session. It outlives the browser's connections.
 *
 * <pre>
 *  OPENING ──opened──▶ ATTACHED ◀──attach── DETACHED
 *     │                 │    └───detached──▶   │
 *     └──failed, gone──▶│◀──── expired ────────┘
 *                       ▼
 *                     CLOSED
 * </pre>
 *
 * One lock guards the state, which only {@code moveTo} writes. Nothing blocks while the
 * lock is held, and callbacks are made without it.
 */
final class Relay implements BrowserConnection.Source {

	private static final Logger logger = LoggerFactory.getLogger(Relay.class);

	private final String token;

	private final @Nullable String owner;

	private final RelayEnvironment environment;

	private final Runnable onClosed;

	private final FrameQueue queue;

	private final BrowserOutput output;

	private final ChunkFlow chunks;

	private final IdleWatch idle;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private RelayState state = RelayState.OPENING;

	@GuardedBy("lock")
	private @Nullable BrowserConnection browser;

	@GuardedBy("lock")
	private @Nullable OpenSession open;

	@GuardedBy("lock")
	private @Nullable CompletableFuture<Session> opening;

	@GuardedBy("lock")
	private @Nullable Timeout expiry;

	Relay(String token, @Nullable String owner, RelayEnvironment environment, Runnable onClosed) {
		RelaySettings settings = environment.settings();
		this.token = token;
		this.owner = owner;
		this.environment = environment;
		this.onClosed = onClosed;
		this.queue = new FrameQueue(settings.sendBufferSize(), settings.historySize());
		this.output = new BrowserOutput(this.queue);
		this.chunks = new ChunkFlow(this.queue::hasRoom, this::chunk, this::sessionEnded);
		this.idle = new IdleWatch(environment.scheduler(), settings.idleTimeout(),
				() -> end(RelayEnd.IDLE, RelayClose.IDLE, "Nothing was said for a long time."));
	}

	RelayState state() {
		this.lock.lock();
		try {
			return this.state;
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isOf(@Nullable String who) {
		return (this.owner == null) ? who == null : this.owner.equals(who);
	}

	/**
	 * Return the estimated memory of the pending and retained output for the browser.
	 * @return bytes
	 */
	long weight() {
		return this.queue.weight();
	}

	/**
	 * Open a session for a browser.
	 * @param connection the browser
	 * @param attachment the kind of attachment
	 * @param opener called to start opening the session, with the listener to add
	 */
	void open(BrowserConnection connection, Attachment attachment, Opener opener) {
		this.lock.lock();
		try {
			if (this.state == RelayState.CLOSED) {
				return;
			}
			this.browser = connection;
		}
		finally {
			this.lock.unlock();
		}
		this.environment.observer().changed(null, RelayState.OPENING);
		this.output.event(ServerEvent.opening());
		connection.attach(this);
		CompletableFuture<Session> session = begin(opener);
		session.whenComplete((opened, failure) -> {
			if (opened != null) {
				opened(opened, attachment);
			}
			else if (failure != null) {
				unavailable(failure);
			}
		});
	}

	private CompletableFuture<Session> begin(Opener opener) {
		CompletableFuture<Session> session;
		try {
			session = opener.open(new SessionEvents(this::notifyBrowser)).toCompletableFuture();
		}
		catch (RuntimeException ex) {
			session = CompletableFuture.failedFuture(ex);
		}
		boolean cancelled;
		this.lock.lock();
		try {
			this.opening = session;
			cancelled = this.state == RelayState.CLOSED;
		}
		finally {
			this.lock.unlock();
		}
		if (cancelled) {
			session.cancel(true);
		}
		return session;
	}

	private void unavailable(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		if (state() != RelayState.CLOSED) {
			logger.atWarn()
				.setCause(cause)
				.addKeyValue("connection", this.environment.settings().connection())
				.log("No session could be opened for a browser");
		}
		if (cause instanceof SessionLimitException) {
			end(RelayEnd.LIMIT, RelayClose.LIMIT, "There are too many conversations at the moment.");
			return;
		}
		end(RelayEnd.UNAVAILABLE, RelayClose.UNAVAILABLE, "The model cannot be reached at the moment.");
	}

	private void opened(Session session, Attachment attachment) {
		OpenSession made;
		try {
			RealtimeClient client = RealtimeClient.of(session);
			AudioCodec codec = new AudioCodec(client.inputFormat(), client.outputFormat());
			made = new OpenSession(session, codec, new RelayInput(session, client, codec, this.environment.executor()));
		}
		catch (IllegalArgumentException | UnsupportedOperationException ex) {
			unavailable(ex);
			close(session);
			return;
		}
		boolean gone;
		this.lock.lock();
		try {
			gone = this.state != RelayState.OPENING;
			if (!gone) {
				this.open = made;
				moveTo(RelayState.ATTACHED);
				this.output.begin(made.codec);
				this.output.event(ready(made, false, false));
			}
		}
		finally {
			this.lock.unlock();
		}
		if (gone) {
			close(session);
			return;
		}
		this.environment.observer().changed(RelayState.OPENING, RelayState.ATTACHED);
		this.environment.observer().attached(attachment);
		this.idle.start();
		flush();
		session.response().publisher().subscribe(this.chunks);
	}

	private ServerEvent ready(OpenSession current, boolean resumed, boolean missed) {
		RelaySettings settings = this.environment.settings();
		return ServerEvent.ready(new ServerEvent.Ready(this.token, resumed, missed, lower(current.session.state()),
				lower(settings.turnDetection()), settings.reattachFor(), current.codec.input(),
				current.codec.output()));
	}

	private static String lower(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Attach a browser that resumes its session.
	 * @param connection the browser
	 * @param received the number of the last event that it has
	 * @return whether the session is still available
	 */
	boolean attach(BrowserConnection connection, long received) {
		BrowserConnection before;
		RelayState from;
		this.lock.lock();
		try {
			OpenSession current = this.open;
			from = this.state;
			if (current == null || from == RelayState.CLOSED) {
				return false;
			}
			before = this.browser;
			this.browser = connection;
			cancelExpiry();
			this.output.attached(received, (missed) -> ready(current, true, missed));
			moveTo(RelayState.ATTACHED);
		}
		finally {
			this.lock.unlock();
		}
		if (before != null) {
			// The container has not detected the end of the previous connection yet, or
			// there are two pages
			before.detach();
			before.close(RelayClose.REPLACED);
		}
		if (from != RelayState.ATTACHED) {
			this.environment.observer().changed(from, RelayState.ATTACHED);
		}
		this.environment.observer().attached(Attachment.RESUMED);
		connection.attach(this);
		this.chunks.more();
		return true;
	}

	/**
	 * Handle the end of a browser's connection.
	 * @param connection the connection, ignored if it was replaced by another one
	 */
	void detached(BrowserConnection connection) {
		boolean over;
		this.lock.lock();
		try {
			if (this.browser != connection || this.state == RelayState.CLOSED) {
				return;
			}
			this.browser = null;
			over = this.open == null || this.environment.settings().reattachFor().isZero();
			if (!over) {
				moveTo(RelayState.DETACHED);
				this.output.detached();
				this.expiry = this.environment.scheduler()
					.schedule(this.environment.settings().reattachFor(), this::expired);
			}
		}
		finally {
			this.lock.unlock();
		}
		if (over) {
			end(RelayEnd.LEFT, RelayClose.NORMAL, "");
			return;
		}
		this.environment.observer().changed(RelayState.ATTACHED, RelayState.DETACHED);
		this.chunks.more();
	}

	private void expired() {
		if (state() == RelayState.DETACHED) {
			end(RelayEnd.EXPIRED, RelayClose.NORMAL, "");
		}
	}

	/**
	 * Handle a piece of the user's audio.
	 * @param pcm the audio
	 */
	void audio(byte[] pcm) {
		OpenSession current = session();
		// Audio is dropped before the session is open
		if (current != null && current.input.audio(pcm)) {
			notifyBrowser(ServerEvent.error("audio_dropped",
					"Some of your speech was lost, because the model is slow to receive it."));
		}
	}

	/**
	 * Handle a message of the browser.
	 * @param message the message
	 */
	void receive(ClientMessage message) {
		OpenSession current = session();
		if (message instanceof ClientMessage.Bye) {
			end(RelayEnd.LEFT, RelayClose.NORMAL, "");
		}
		else if (current == null) {
			notifyBrowser(ServerEvent.error("not_ready", "The session is still being opened."));
		}
		else if (message instanceof ClientMessage.Heard heard) {
			stopped(current, heard.answer(), heard.position());
		}
		else {
			this.idle.said();
			said(current, message);
		}
	}

	private void said(OpenSession current, ClientMessage message) {
		if (message instanceof ClientMessage.Text text) {
			this.output.written(text.text());
			flush();
			current.input.text(text.text(), () -> notifyBrowser(ServerEvent.error("not_sent",
					"There is no connection to the model. Please say it again in a moment.")));
		}
		else if (message instanceof ClientMessage.Cancel cancel) {
			current.input.cancel();
			stopped(current, cancel.answer(), cancel.position());
		}
		else if (this.environment.settings().turnDetection() == RelayTurnDetection.CLIENT) {
			current.input.commit();
		}
	}

	private void stopped(OpenSession current, String answer, Duration heard) {
		if (this.output.stopped(answer)) {
			current.input.truncate(heard);
		}
		this.chunks.more();
	}

	private @Nullable OpenSession session() {
		this.lock.lock();
		try {
			return (this.state != RelayState.CLOSED) ? this.open : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void chunk(StreamChunk chunk) {
		if (chunk.kind() != StreamChunk.Kind.EVENT) {
			this.idle.said();
		}
		this.output.chunk(chunk);
		flush();
	}

	private void sessionEnded(@Nullable Throwable error) {
		if (error instanceof SessionLimitException) {
			end(RelayEnd.LIMIT, RelayClose.LIMIT, "The conversation has reached its limit.");
		}
		else if (error != null) {
			end(RelayEnd.FAILED, RelayClose.FAILED, "The session with the model has failed.");
		}
		else {
			end(RelayEnd.ENDED, RelayClose.NORMAL, "The session with the model has ended.");
		}
	}

	private void notifyBrowser(ServerEvent event) {
		this.output.event(event);
		flush();
	}

	private void flush() {
		BrowserConnection current = browser();
		if (current != null) {
			current.flush();
		}
	}

	private @Nullable BrowserConnection browser() {
		this.lock.lock();
		try {
			return this.browser;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public @Nullable Frame next() {
		return this.queue.next();
	}

	@Override
	public void sent(Frame frame) {
		this.environment.observer().sent(frame.size());
		this.chunks.more();
	}

	@Override
	public void lost(BrowserConnection connection) {
		detached(connection);
	}

	/**
	 * End the relay: the browser is notified, and the session is closed.
	 * @param end the reason
	 * @param status the close status
	 * @param message the reason as a text that a page can show
	 */
	void end(RelayEnd end, CloseStatus status, String message) {
		RelayState from;
		BrowserConnection last;
		OpenSession current;
		CompletableFuture<Session> pending;
		this.lock.lock();
		try {
			from = this.state;
			if (from == RelayState.CLOSED) {
				return;
			}
			moveTo(RelayState.CLOSED);
			last = this.browser;
			this.browser = null;
			current = this.open;
			pending = this.opening;
			cancelExpiry();
		}
		finally {
			this.lock.unlock();
		}
		this.idle.stop();
		this.chunks.cancel();
		if (last != null) {
			this.output.event(ServerEvent.closed(lower(end), message));
			last.closeAfterwards(status);
		}
		else {
			this.queue.clear();
		}
		if (pending != null) {
			pending.cancel(true);
		}
		this.onClosed.run();
		this.environment.observer().changed(from, RelayState.CLOSED);
		this.environment.observer().ended(end);
		if (current != null) {
			close(current.session);
		}
	}

	@GuardedBy("lock")
	private void cancelExpiry() {
		if (this.expiry != null) {
			this.expiry.cancel();
			this.expiry = null;
		}
	}

	private void close(Session session) {
		if (session.isClosed()) {
			return;
		}
		try {
			// Blocks until the provider's close frame
			this.environment.executor().execute(session::close);
		}
		catch (RejectedExecutionException ex) {
			logger.atDebug().setCause(ex).log("The application has stopped; its sessions are closed with it");
		}
	}

	@GuardedBy("lock")
	private void moveTo(RelayState next) {
		this.state = next;
	}

	/**
	 * Strategy to start opening a session.
	 */
	@FunctionalInterface
	interface Opener {

		CompletionStage<Session> open(SessionListener listener);

	}

	/**
	 * Open session with its codec and input.
	 *
	 * @param session the session
	 * @param codec its formats of audio
	 * @param input the input of the browser
	 */
	private record OpenSession(Session session, AudioCodec codec, RelayInput input) {
	}

}
