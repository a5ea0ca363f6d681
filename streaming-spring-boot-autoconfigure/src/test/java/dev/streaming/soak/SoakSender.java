package dev.streaming.soak;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.SendFailedException;
import dev.streaming.Session;
import dev.streaming.SessionClosedException;
import dev.streaming.soak.SoakReport.Wrong;
import org.jspecify.annotations.Nullable;

/**
 * One sender of a {@link SoakLife}: numbered messages until the session has ended, and
 * what it was told of each.
 */
final class SoakSender {

	private final SoakLife life;

	private final int index;

	private final OutagePolicy policy;

	private final boolean async;

	private final Session session;

	private final Random random;

	private final List<Sent> messages = new ArrayList<>();

	private final List<CompletableFuture<Void>> told = new ArrayList<>();

	/**
	 * Create a sender.
	 * @param life the life of the session
	 * @param index which of its senders
	 * @param policy the outage policy
	 * @param async whether it does not wait for what it sends
	 * @param session where to
	 */
	SoakSender(SoakLife life, int index, OutagePolicy policy, boolean async, Session session) {
		this.life = life;
		this.index = index;
		this.policy = policy;
		this.async = async;
		this.session = session;
		this.random = life.random(index + 1);
	}

	OutagePolicy policy() {
		return this.policy;
	}

	List<Sent> messages() {
		return this.messages;
	}

	/**
	 * Return when all was told that can be told.
	 */
	CompletableFuture<Void> told() {
		return CompletableFuture.allOf(this.told.toArray(CompletableFuture<?>[]::new));
	}

	void send() {
		Outcome last = Outcome.ACCEPTED;
		while (last != Outcome.ENDED) {
			Message message = message(this.messages.size() + 1);
			Sent sent = new Sent();
			this.messages.add(sent);
			if (this.async) {
				last = sendAsync(message, sent);
			}
			else {
				last = outcome(message, this.policy);
				sent.outcome = last;
			}
			LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(this.random.nextInt(5000)));
		}
	}

	private Message message(int number) {
		boolean heavy = this.life.isHeavy() && this.random.nextInt(60) == 0;
		String text = SoakText.of('s', this.index, number, this.random.nextInt(heavy ? 300_000 : 200));
		return (number % 10 == 3) ? Message.binary(text.getBytes(StandardCharsets.UTF_8)) : Message.text(text);
	}

	private Outcome outcome(Message message, OutagePolicy how) {
		try {
			this.session.sendRaw(message, how);
			return Outcome.ACCEPTED;
		}
		catch (RuntimeException ex) {
			return outcomeOf(ex);
		}
	}

	private Outcome sendAsync(Message message, Sent sent) {
		// An object is sent as JSON, so this one is quoted
		CompletableFuture<Void> result = this.session.sendAsync(message.text()).toCompletableFuture();
		this.told.add(result.handle((done, failure) -> {
			sent.outcome = (failure != null) ? outcomeOf(failure) : Outcome.ACCEPTED;
			return null;
		}));
		return this.session.isClosed() ? Outcome.ENDED : Outcome.ACCEPTED;
	}

	private Outcome outcomeOf(Throwable failure) {
		Throwable cause = (failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null)
				? failure.getCause() : failure;
		if (cause instanceof SessionClosedException) {
			return Outcome.ENDED;
		}
		if (cause instanceof NotConnectedException) {
			return Outcome.NOT_SENT;
		}
		if (!(cause instanceof SendFailedException)) {
			this.life.wrong(Wrong.MISTOLD, "a sender was told " + cause);
		}
		return Outcome.FAILED;
	}

	/**
	 * A message, and what its sender was told.
	 */
	static final class Sent {

		private volatile @Nullable Outcome outcome;

		@Nullable Outcome outcome() {
			return this.outcome;
		}

	}

	/**
	 * Outcomes that a sender can be told.
	 */
	enum Outcome {

		/** It went well. */
		ACCEPTED,

		/** It was not sent. */
		NOT_SENT,

		/** It may have been sent. */
		FAILED,

		/** The session is over, it was not sent. */
		ENDED

	}

}
