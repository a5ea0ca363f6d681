package dev.streaming.internal.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Function;

import dev.streaming.Message;
import dev.streaming.OutagePolicy;
import dev.streaming.StreamingException;
import dev.streaming.internal.concurrent.SequentialExecutor;
import dev.streaming.internal.connection.Futures;
import dev.streaming.internal.connection.JsonEncoder;
import dev.streaming.internal.connection.OutboundMessage;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;

/**
 * The senders' side of a session: encodes, submits to the gate, and waits for those who
 * want to wait. Blocks callers' threads only.
 */
final class SessionSender {

	private final SendGate gate;

	private final SequentialExecutor serial;

	private final JsonMapper mapper;

	private final Executor workers;

	SessionSender(SendGate gate, SequentialExecutor serial, JsonMapper mapper, Executor workers) {
		this.gate = gate;
		this.serial = serial;
		this.mapper = mapper;
		this.workers = workers;
	}

	void send(Object message, OutagePolicy policy) {
		send(JsonEncoder.encode(this.mapper, message), policy);
	}

	void send(Message message, OutagePolicy policy) {
		Assert.notNull(message, "'message' must not be null");
		Assert.notNull(policy, "'policy' must not be null");
		// A callback that waited for the next connection would wait for itself
		boolean wait = policy == OutagePolicy.WAIT && !this.serial.isCurrent();
		OutagePolicy effective = (policy == OutagePolicy.WAIT && !wait) ? OutagePolicy.BUFFER : policy;
		OutboundMessage outgoing = new OutboundMessage(message, effective, true);
		this.gate.submit(outgoing);
		if (wait) {
			awaitConnection(outgoing);
		}
		Futures.awaitSend(outgoing.result());
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
			// The caller throws it
			return;
		}
	}

	CompletionStage<Void> sendAsync(Object message, OutagePolicy policy) {
		OutboundMessage outgoing = new OutboundMessage(JsonEncoder.encode(this.mapper, message), policy, false);
		try {
			this.gate.submit(outgoing);
		}
		catch (StreamingException ex) {
			return CompletableFuture.failedStage(ex);
		}
		// What the user hangs on it must not run on a transport's thread
		return outgoing.result().thenApplyAsync(Function.identity(), this.workers).minimalCompletionStage();
	}

}
