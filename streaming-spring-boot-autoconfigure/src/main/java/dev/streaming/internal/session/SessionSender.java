package dev.streaming.internal.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Function;

import dev.streaming.Message;
import dev.streaming.OutagePolicy;
import dev.streaming.SessionHandler;
import dev.streaming.StreamingException;
import dev.streaming.internal.concurrent.SequentialExecutor;
import dev.streaming.internal.connection.Futures;
import dev.streaming.internal.connection.JsonEncoder;
import dev.streaming.internal.connection.OutboundMessage;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;

/**
 * Sends messages of a session: encodes them, submits them to the gate, and waits for
 * blocking callers. Blocks callers' threads only.
 */
final class SessionSender {

	private final SendGate gate;

	private final SequentialExecutor serial;

	private final JsonMapper mapper;

	private final Executor workers;

	private final SessionHandler handler;

	private final InterceptorChain interceptors;

	private final Runnable sent;

	/**
	 * Create a sender.
	 * @param gate the gate
	 * @param serial the executor of the session's task
	 * @param mapper the mapper for values
	 * @param workers the executor for dependent stages of results
	 * @param handler notified of each message
	 * @param interceptors applied to each value
	 * @param sent called for each message
	 */
	SessionSender(SendGate gate, SequentialExecutor serial, JsonMapper mapper, Executor workers, SessionHandler handler,
			InterceptorChain interceptors, Runnable sent) {
		this.interceptors = interceptors;
		this.sent = sent;
		this.handler = handler;
		this.gate = gate;
		this.serial = serial;
		this.mapper = mapper;
		this.workers = workers;
	}

	void send(Object message, OutagePolicy policy) {
		Object passed = this.interceptors.message(message);
		if (passed != null) {
			send(JsonEncoder.encode(this.mapper, passed), policy);
		}
	}

	void send(Message message, OutagePolicy policy) {
		Assert.notNull(message, "'message' must not be null");
		Assert.notNull(policy, "'policy' must not be null");
		// A callback that waits for the next connection would wait for itself
		boolean wait = policy == OutagePolicy.WAIT && !this.serial.isCurrent();
		OutagePolicy effective = (policy == OutagePolicy.WAIT && !wait) ? OutagePolicy.BUFFER : policy;
		OutboundMessage outgoing = new OutboundMessage(message, effective, true);
		this.sent.run();
		this.handler.sending(message);
		try {
			this.gate.submit(outgoing);
			if (wait) {
				awaitConnection(outgoing);
			}
			Futures.awaitSend(outgoing.result());
		}
		catch (RuntimeException ex) {
			this.handler.sendFailed(message);
			throw ex;
		}
	}

	private void awaitConnection(OutboundMessage outgoing) {
		try {
			outgoing.result().get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			if (this.gate.withdraw(outgoing)) {
				outgoing.fail(this.gate.stillNotConnected());
			}
		}
		catch (ExecutionException ex) {
			// Rethrown by the caller
			return;
		}
	}

	CompletionStage<Void> sendAsync(Object message, OutagePolicy policy) {
		Object passed = this.interceptors.message(message);
		if (passed == null) {
			return CompletableFuture.completedStage(null);
		}
		Message encoded = JsonEncoder.encode(this.mapper, passed);
		this.sent.run();
		OutboundMessage outgoing = new OutboundMessage(encoded, policy, false);
		this.handler.sending(encoded);
		try {
			this.gate.submit(outgoing);
		}
		catch (StreamingException ex) {
			this.handler.sendFailed(encoded);
			return CompletableFuture.failedStage(ex);
		}
		outgoing.result().exceptionally((failure) -> {
			this.handler.sendFailed(encoded);
			return null;
		});
		// Dependent stages of the caller must not run on a transport's thread
		return outgoing.result().thenApplyAsync(Function.identity(), this.workers).minimalCompletionStage();
	}

}
