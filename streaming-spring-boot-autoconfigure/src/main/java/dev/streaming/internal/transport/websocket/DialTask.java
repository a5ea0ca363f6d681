package dev.streaming.internal.transport.websocket;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.ProxySettings;
import dev.streaming.internal.concurrent.PoolWatch;
import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.DialRequestValidator;
import dev.streaming.internal.transport.HandshakeRules;
import dev.streaming.internal.transport.NetworkFailures;
import dev.streaming.internal.transport.Transport.Dialing;
import dev.streaming.internal.transport.TransportListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.WebSocketClient;

/**
 * Dial on a thread of the blocking executor. {@link #abort()} interrupts that thread
 * until the connection is open, but never afterwards.
 */
final class DialTask implements Dialing {

	private static final Logger logger = LoggerFactory.getLogger(DialTask.class);

	private final WebSocketClient client;

	private final TransportResources resources;

	private final DialRequest request;

	private final TransportListener listener;

	private final ConnectionHandler handler;

	private final InterruptibleTask call = new InterruptibleTask(this::connect, this::connectDone);

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private State state = State.DIALING;

	@GuardedBy("lock")
	private @Nullable WebSocketConnection connection;

	/**
	 * Create a dial.
	 * @param client the client
	 * @param resources the resources of the transport
	 * @param request the request
	 * @param listener notified of the connection
	 */
	DialTask(WebSocketClient client, TransportResources resources, DialRequest request, TransportListener listener) {
		this.client = client;
		this.resources = resources;
		this.request = request;
		this.listener = listener;
		this.handler = new ConnectionHandler(request, this::open);
	}

	/**
	 * Start the dial.
	 */
	void start() {
		try {
			PoolWatch.execute(this.resources.blockingExecutor(), this.resources.blockingExecutor(),
					this.resources.timer(), this.call, this::withoutThread);
		}
		catch (RejectedExecutionException ex) {
			withoutThread(ex);
		}
	}

	private void withoutThread(RejectedExecutionException failure) {
		String reason = (failure.getMessage() != null) ? ". " + failure.getMessage() : "";
		this.call.reject(
				new DialException(DialException.Kind.NETWORK, "No thread is available for the dial" + reason, failure));
	}

	@Override
	public void abort() {
		this.lock.lock();
		try {
			if (this.state == State.DIALING) {
				this.state = State.GIVEN_UP;
				this.call.interrupt();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void connect() throws Exception {
		URI uri = DialRequestValidator.check(this.request);
		if (this.client instanceof StreamingWebSocketClient own) {
			WebSocketHttpHeaders headers = headers(false);
			own.connect(this.handler, plainHeaders(headers), uri, this.request.subprotocols(),
					headers.getSecWebSocketExtensions(), Map.of());
			return;
		}
		if (this.request.sslContext() != null) {
			throw new DialException(DialException.Kind.MALFORMED,
					"An SSL bundle or context cannot be applied to a custom WebSocketClient:"
							+ " configure it on the client, or remove the streamingWebSocketClient bean",
					null);
		}
		ProxySettings proxy = this.request.proxy();
		if (proxy != null && proxy.appliesTo(uri.getHost())) {
			throw new DialException(DialException.Kind.MALFORMED,
					"A proxy cannot be applied to a custom WebSocketClient:"
							+ " configure it on the client, or remove the streamingWebSocketClient bean",
					null);
		}
		this.client.execute(this.handler, headers(true), uri).whenComplete((session, failure) -> done(failure));
	}

	private WebSocketHttpHeaders headers(boolean withSubprotocols) {
		WebSocketHttpHeaders headers = new WebSocketHttpHeaders();
		this.request.headers().forEach(headers::put);
		if (withSubprotocols && !this.request.subprotocols().isEmpty()) {
			headers.setSecWebSocketProtocol(this.request.subprotocols());
		}
		return headers;
	}

	private static HttpHeaders plainHeaders(HttpHeaders all) {
		// As in execute(), headers of the handshake must not be set explicitly
		HttpHeaders plain = new HttpHeaders();
		all.forEach((name, values) -> {
			if (!HandshakeRules.isReserved(name)) {
				plain.put(name, values);
			}
		});
		return plain;
	}

	private @Nullable WebSocketConnection open(WebSocketSession session) {
		WebSocketConnection opened = new WebSocketConnection(session, this.listener, this.request.maxMessageSize(),
				this.resources);
		this.lock.lock();
		try {
			if (this.state == State.DIALING) {
				this.state = State.OPEN;
				this.connection = opened;
				return opened;
			}
		}
		finally {
			this.lock.unlock();
		}
		opened.abortSocket();
		return null;
	}

	private void connectDone(@Nullable Throwable failure) {
		if (failure != null || this.client instanceof StreamingWebSocketClient) {
			done(failure);
		}
	}

	private void done(@Nullable Throwable failure) {
		WebSocketConnection opened;
		boolean givenUp;
		this.lock.lock();
		try {
			opened = this.connection;
			givenUp = this.state == State.GIVEN_UP;
			this.state = State.DONE;
		}
		finally {
			this.lock.unlock();
		}
		if (opened == null) {
			report(givenUp ? NetworkFailures.cancelled(this.request.uri()) : reason(failure));
		}
		else if (failure != null) {
			opened.lost(failure);
		}
	}

	private DialException reason(@Nullable Throwable failure) {
		if (failure == null) {
			return new DialException(DialException.Kind.PROTOCOL, "The WebSocket client opened no session", null);
		}
		return DialFailures.of(this.request.uri(), failure);
	}

	private void report(DialException failure) {
		try {
			this.listener.failed(failure);
		}
		catch (RuntimeException ex) {
			logger.atError().setCause(ex).log("A listener failed");
		}
	}

	private enum State {

		DIALING, OPEN, GIVEN_UP, DONE

	}

}
