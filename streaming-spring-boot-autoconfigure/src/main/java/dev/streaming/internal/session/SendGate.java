package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.SendFailedException;
import dev.streaming.Session.State;
import dev.streaming.SessionClosedException;
import dev.streaming.StreamingException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.connection.ConnectionEnd;
import dev.streaming.internal.connection.OutboundMessage;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.connection.SendQueue;
import dev.streaming.observation.ConnectionObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * Gate between the senders of a session and its connection, which also holds the state of
 * the session: open, shut while there is no connection that is set up, or permanently
 * closed. Its lock guards the state and the held messages; only {@link #moveTo} writes
 * the state. Senders, observer and log are notified without the lock.
 * <p>
 * Any thread submits messages; the session's task opens and shuts the gate; the threads
 * of a connection return messages that could not be sent. Nothing blocks.
 */
final class SendGate {

	private final String name;

	private final String connectionName;

	private final Duration writeWait;

	private final long bufferSize;

	private final Scheduler timer;

	private final ConnectionObserver observer;

	private final Logger logger;

	private final ReentrantLock lock = new ReentrantLock();

	// Written under lock by moveTo alone; read by any thread
	private volatile State state = State.RECONNECTING;

	@GuardedBy("lock")
	private @Nullable PhysicalConnection physicalConnection;

	// Whether the change is planned, so that no send is refused
	@GuardedBy("lock")
	private boolean planned;

	// Held messages in the order of sending
	@GuardedBy("lock")
	private final Deque<OutboundMessage> held = new ArrayDeque<>();

	// Size of the buffered messages
	@GuardedBy("lock")
	private long heldBytes;

	// Size of the waiting messages that are not buffered: those that were sent
	// asynchronously, and
	// those that wait for a connection (B6). Incremented under lock
	private final AtomicLong waitingBytes = new AtomicLong();

	SendGate(String name, String connectionName, Duration writeWait, long bufferSize, Scheduler timer,
			ConnectionObserver observer, Logger logger) {
		this.name = name;
		this.connectionName = connectionName;
		this.writeWait = writeWait;
		this.bufferSize = bufferSize;
		this.timer = timer;
		this.observer = observer;
		this.logger = logger;
	}

	String name() {
		return this.name;
	}

	State state() {
		return this.state;
	}

	@GuardedBy("lock")
	private void moveTo(State next) {
		Assert.state(this.lock.isHeldByCurrentThread(), "The state is written under the lock");
		Assert.state(this.state != State.CLOSED, "A closed session stays closed");
		this.state = next;
	}

	/**
	 * Open the gate: send the held messages, and let later ones pass.
	 * @param next the physical connection that is set up
	 * @return {@code false} if the session has ended
	 */
	boolean open(PhysicalConnection next) {
		this.lock.lock();
		try {
			if (this.state == State.CLOSED) {
				return false;
			}
			this.physicalConnection = next;
			this.planned = false;
			while (!this.held.isEmpty()) {
				OutboundMessage first = this.held.element();
				if (!next.sendQueue().add(first)) {
					// The connection has ended already; the session will handle its end
					// in order
					break;
				}
				this.held.remove();
			}
			this.heldBytes = this.held.stream().filter(SendGate::isBuffered).mapToLong(SendGate::size).sum();
			moveTo(State.OPEN);
		}
		finally {
			this.lock.unlock();
		}
		next.sendQueue().flush();
		return true;
	}

	/**
	 * Shut the gate until there is another physical connection.
	 * @param planned whether the change is planned, so that no send is refused
	 */
	void shut(boolean planned) {
		this.lock.lock();
		try {
			if (this.state != State.CLOSED) {
				this.planned = planned;
				moveTo(State.RECONNECTING);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Close the gate permanently.
	 * @return the held messages, which will not be sent
	 */
	List<OutboundMessage> close() {
		this.lock.lock();
		try {
			List<OutboundMessage> left = new ArrayList<>(this.held);
			this.held.clear();
			this.heldBytes = 0;
			if (this.state != State.CLOSED) {
				moveTo(State.CLOSED);
			}
			return left;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Send a message, or apply its outage policy.
	 * @param outgoing the message
	 * @throws SessionClosedException if the session has ended
	 * @throws NotConnectedException if there is no connection and the policy is to fail
	 * @throws SendFailedException if the buffer is full
	 */
	void submit(OutboundMessage outgoing) {
		PhysicalConnection target;
		Placement placement;
		this.lock.lock();
		try {
			if (this.state == State.CLOSED) {
				throw new SessionClosedException(describe("The session has ended; open a new one"), null);
			}
			target = (this.state == State.OPEN) ? this.physicalConnection : null;
			if (target != null && outgoing.isAsynchronous()) {
				checkRoom(outgoing);
			}
			if (target == null || !target.sendQueue().add(outgoing)) {
				target = null;
				placement = hold(outgoing);
			}
			else {
				placement = Placement.WAITING;
			}
			if (placement == Placement.WAITING) {
				if (target == null || outgoing.isAsynchronous()) {
					countWaiting(outgoing);
				}
				outgoing.startDeadline(this.timer, this.writeWait, this::withdrawLate);
			}
		}
		finally {
			this.lock.unlock();
		}
		if (target != null) {
			target.sendQueue().flush();
		}
		if (placement == Placement.BUFFERED) {
			outgoing.accept();
		}
		else if (placement == Placement.DROPPED) {
			drop(outgoing);
		}
	}

	private void drop(OutboundMessage outgoing) {
		this.observer.sendsDropped(1);
		outgoing.written();
	}

	@GuardedBy("lock")
	private Placement hold(OutboundMessage outgoing) {
		OutagePolicy policy = this.planned ? OutagePolicy.BUFFER : outgoing.policy();
		return switch (policy) {
			case FAIL -> throw new NotConnectedException(
					describe("The session is reconnecting; retry later, or use an outage policy that waits"),
					closeStatus());
			case DROP -> Placement.DROPPED;
			case WAIT -> {
				checkRoom(outgoing);
				this.held.add(outgoing);
				yield Placement.WAITING;
			}
			case BUFFER -> {
				if (this.heldBytes + this.waitingBytes.get() + size(outgoing) > this.bufferSize) {
					throw full();
				}
				this.held.add(outgoing);
				outgoing.buffer(this.planned);
				this.heldBytes += size(outgoing);
				yield Placement.BUFFERED;
			}
		};
	}

	@GuardedBy("lock")
	private void checkRoom(OutboundMessage outgoing) {
		long used = this.heldBytes + this.waitingBytes.get();
		// A single message is always accepted
		if (used > 0 && used + size(outgoing) > this.bufferSize) {
			throw full();
		}
	}

	private SendFailedException full() {
		return new SendFailedException(
				describe("The send buffer is full (sendBufferSize is " + this.bufferSize + " bytes)"), null);
	}

	@GuardedBy("lock")
	private void countWaiting(OutboundMessage outgoing) {
		int size = size(outgoing);
		this.waitingBytes.addAndGet(size);
		outgoing.result().whenComplete((ignored, failure) -> this.waitingBytes.addAndGet(-size));
	}

	@GuardedBy("lock")
	private @Nullable CloseStatus closeStatus() {
		ConnectionEnd end = (this.physicalConnection != null) ? this.physicalConnection.ending() : null;
		return (end != null) ? end.status() : null;
	}

	private static boolean isBuffered(OutboundMessage outgoing) {
		return outgoing.isBuffered();
	}

	private static int size(OutboundMessage outgoing) {
		return outgoing.message().size();
	}

	/**
	 * Return the messages that a physical connection did not begin to write to the gate.
	 * @param ending the send queue, which is closed and emptied
	 * @return {@code false} if the session has ended, and the queue is left as it was
	 */
	boolean takeBack(SendQueue ending) {
		List<OutboundMessage> failed = new ArrayList<>();
		List<OutboundMessage> dropped = new ArrayList<>();
		List<OutboundMessage> buffered = new ArrayList<>();
		CloseStatus status;
		this.lock.lock();
		try {
			if (this.state == State.CLOSED) {
				return false;
			}
			Deque<OutboundMessage> front = new ArrayDeque<>();
			// Under the lock, so that a message is always in one of the two places, and
			// the gate is
			// not opened in between
			for (OutboundMessage outgoing : ending.close()) {
				switch (policyAfterLoss(outgoing)) {
					case FAIL -> failed.add(outgoing);
					case DROP -> dropped.add(outgoing);
					case WAIT -> front.addFirst(outgoing);
					case BUFFER -> {
						// Even beyond the buffer's size, because they were accepted
						// before
						front.addFirst(outgoing);
						outgoing.buffer(this.planned);
						this.heldBytes += size(outgoing);
						buffered.add(outgoing);
					}
				}
			}
			front.forEach(this.held::addFirst);
			status = closeStatus();
		}
		finally {
			this.lock.unlock();
		}
		buffered.forEach(OutboundMessage::accept);
		dropped.forEach(this::drop);
		failed.forEach((outgoing) -> outgoing
			.fail(new NotConnectedException(describe("The connection was lost before the message was sent"), status)));
		return true;
	}

	@GuardedBy("lock")
	private OutagePolicy policyAfterLoss(OutboundMessage outgoing) {
		if (outgoing.isConnectionBound()) {
			return OutagePolicy.FAIL;
		}
		return (this.planned || outgoing.isBuffered()) ? OutagePolicy.BUFFER : outgoing.policy();
	}

	/**
	 * Count and log accepted messages that will not be sent.
	 * @param count the number
	 * @param why the reason
	 */
	void giveUp(int count, String why) {
		this.observer.sendsDropped(count);
		this.logger.atWarn()
			.addKeyValue("session", this.name)
			.addKeyValue("connection", this.connectionName)
			.addKeyValue("messages", count)
			.log("Messages that waited for a connection were not sent: {}", why);
	}

	/**
	 * Withdraw a message of a sender that was interrupted while waiting.
	 * @param outgoing the message
	 * @return whether it was held
	 */
	boolean withdraw(OutboundMessage outgoing) {
		this.lock.lock();
		try {
			return !outgoing.isBuffered() && this.held.remove(outgoing);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Withdraw a held message.
	 * @param message the message
	 * @return whether it was held
	 */
	boolean withdraw(Message message) {
		OutboundMessage found = null;
		this.lock.lock();
		try {
			for (OutboundMessage outgoing : this.held) {
				found = (outgoing.message() == message) ? outgoing : found;
			}
			if (found == null) {
				return false;
			}
			this.held.remove(found);
			this.heldBytes -= found.isBuffered() ? size(found) : 0;
		}
		finally {
			this.lock.unlock();
		}
		// The sender continues as if the message had been sent
		found.written();
		return true;
	}

	private @Nullable StreamingException withdrawLate(OutboundMessage outgoing) {
		this.lock.lock();
		try {
			if (outgoing.isBuffered()) {
				// The message was accepted concurrently, and is kept without a deadline
				return null;
			}
			if (this.held.remove(outgoing)) {
				return stillNotConnected();
			}
			return (this.physicalConnection != null) ? this.physicalConnection.withdraw(outgoing) : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	NotConnectedException stillNotConnected() {
		return new NotConnectedException(
				describe("The session did not reconnect within writeWait (" + this.writeWait.toMillis() + " ms)"),
				null);
	}

	private String describe(String what) {
		return what + " (session '" + this.name + "')";
	}

	/**
	 * Placement of a message that is not refused.
	 */
	private enum Placement {

		/** The message waits with its deadline for its turn or for a connection. */
		WAITING,

		/** The message is buffered without a deadline. */
		BUFFERED,

		/** The message is dropped. */
		DROPPED

	}

}
