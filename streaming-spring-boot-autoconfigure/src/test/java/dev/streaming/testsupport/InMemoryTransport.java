package dev.streaming.testsupport;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.TransportListener;
import org.jspecify.annotations.Nullable;

/**
 * A transport without sockets. The test is the server: it answers each {@link Dial}, and
 * plays the other side of each connection as an {@link InMemoryPeer}. Dials are accepted
 * unless told otherwise.
 * <p>
 * Everything happens at once on the thread that sets it off, so a test has no need to
 * wait; with an executor, the listeners' calls happen there, one at a time for each
 * connection. No lock is held during any call of a listener or a script.
 */
public final class InMemoryTransport implements Transport {

	private static final Duration WAIT = Duration.ofSeconds(10);

	private final Executor executor;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final Deque<Consumer<Dial>> nextScripts = new ArrayDeque<>();

	private final List<Dial> dials = new ArrayList<>();

	private Consumer<Dial> script = Dial::accept;

	/**
	 * Create a transport that calls its listeners on the thread that sets the call off.
	 */
	public InMemoryTransport() {
		this(Runnable::run);
	}

	/**
	 * Create a transport.
	 * @param executor calls the listeners, and the scripts of dials
	 */
	public InMemoryTransport(Executor executor) {
		this.executor = executor;
	}

	/**
	 * Set the script of all dials without one of {@link #nextDial}. A script that does
	 * nothing leaves the dial unanswered; the test can answer it later.
	 * @param script for instance {@code (dial) -> dial.refuse(503)}
	 * @return this transport
	 */
	public InMemoryTransport onDial(Consumer<Dial> script) {
		this.lock.lock();
		try {
			this.script = script;
			return this;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Say what happens to the next dial; called several times, to those after it.
	 * @param script for instance {@code (dial) -> dial.refuse(503)}
	 * @return this transport
	 */
	public InMemoryTransport nextDial(Consumer<Dial> script) {
		this.lock.lock();
		try {
			this.nextScripts.add(script);
			return this;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public Dialing dial(DialRequest request, TransportListener listener) {
		Dial dial = new Dial(request, listener);
		Consumer<Dial> answer;
		this.lock.lock();
		try {
			Consumer<Dial> next = this.nextScripts.poll();
			answer = (next != null) ? next : this.script;
			this.dials.add(dial);
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		this.executor.execute(() -> answer.accept(dial));
		return dial::abort;
	}

	/**
	 * Return all dials so far, in order.
	 * @return the dials
	 */
	public List<Dial> dials() {
		this.lock.lock();
		try {
			return List.copyOf(this.dials);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait for a dial made by another thread.
	 * @param number 1 for the first
	 * @return the dial
	 * @throws InterruptedException if interrupted
	 */
	public Dial awaitDial(int number) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			long left = WAIT.toNanos();
			while (this.dials.size() < number) {
				if (left <= 0) {
					throw new AssertionError(this.dials.size() + " dials, not " + number);
				}
				left = this.changed.awaitNanos(left);
			}
			return this.dials.get(number - 1);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the other side of the newest dial's connection.
	 * @return the peer
	 */
	public InMemoryPeer peer() {
		List<Dial> all = dials();
		if (all.isEmpty()) {
			throw new AssertionError("No dial yet");
		}
		return all.get(all.size() - 1).peer();
	}

	/**
	 * Wait for a dial made by another thread, and for it to be accepted.
	 * @param number the number of the dial, 1 for the first
	 * @return the other side of its connection
	 * @throws InterruptedException if interrupted
	 */
	public InMemoryPeer awaitPeer(int number) throws InterruptedException {
		return awaitDial(number).awaitPeer();
	}

	/**
	 * One dial, seen from the server. Answered once; later answers have no effect.
	 */
	public final class Dial {

		private final DialRequest request;

		private final TransportListener listener;

		private boolean answered;

		private boolean aborted;

		private boolean ignoringAbort;

		private @Nullable InMemoryPeer peer;

		private Dial(DialRequest request, TransportListener listener) {
			this.request = request;
			this.listener = listener;
		}

		/**
		 * Return the request of the dial.
		 * @return the request
		 */
		public DialRequest request() {
			return this.request;
		}

		/**
		 * Open the connection. One whose dial was given up is dropped without a call of
		 * the listener.
		 * @return the other side
		 */
		public InMemoryPeer accept() {
			return accept((peer) -> {
			});
		}

		/**
		 * Open the connection. One whose dial was given up is dropped without a call of
		 * the listener.
		 * @param setup prepares the other side before the listener is called
		 * @return the other side
		 */
		public InMemoryPeer accept(Consumer<InMemoryPeer> setup) {
			InMemoryPeer accepted = new InMemoryPeer(this.listener, this.request.maxMessageSize(),
					InMemoryTransport.this.executor);
			setup.accept(accepted);
			boolean dropped;
			InMemoryTransport.this.lock.lock();
			try {
				dropped = this.answered;
				if (dropped && !this.aborted) {
					throw new IllegalStateException("The dial has its answer already");
				}
				this.answered = true;
				this.peer = accepted;
				InMemoryTransport.this.changed.signalAll();
			}
			finally {
				InMemoryTransport.this.lock.unlock();
			}
			if (dropped) {
				accepted.discard();
			}
			else {
				accepted.open();
			}
			return accepted;
		}

		/**
		 * Refuse the upgrade.
		 * @param statusCode the HTTP status
		 */
		public void refuse(int statusCode) {
			boolean redirect = statusCode >= 300 && statusCode < 400;
			fail(new DialException(redirect ? DialException.Kind.REDIRECT : DialException.Kind.REFUSED,
					"The server answered with status " + statusCode, null, statusCode, null));
		}

		/**
		 * Fail the dial. Without effect when it has its answer.
		 * @param failure why
		 */
		public void fail(DialException failure) {
			InMemoryTransport.this.lock.lock();
			try {
				if (this.answered) {
					return;
				}
				this.answered = true;
			}
			finally {
				InMemoryTransport.this.lock.unlock();
			}
			InMemoryTransport.this.executor.execute(() -> this.listener.failed(failure));
		}

		/**
		 * Be a dial that cannot be interrupted, as in a slow name lookup: when it is
		 * given up the listener does not hear a failure, and a late answer still reaches
		 * it.
		 */
		public void ignoreAbort() {
			InMemoryTransport.this.lock.lock();
			try {
				this.ignoringAbort = true;
			}
			finally {
				InMemoryTransport.this.lock.unlock();
			}
		}

		private void abort() {
			boolean fail;
			InMemoryTransport.this.lock.lock();
			try {
				if (this.answered) {
					return;
				}
				this.aborted = true;
				fail = !this.ignoringAbort;
				InMemoryTransport.this.changed.signalAll();
			}
			finally {
				InMemoryTransport.this.lock.unlock();
			}
			if (fail) {
				fail(new DialException(DialException.Kind.NETWORK, "The dial was cancelled", null));
			}
		}

		/**
		 * Return whether the dial was given up before it had its answer.
		 * @return whether it was
		 */
		public boolean isAborted() {
			InMemoryTransport.this.lock.lock();
			try {
				return this.aborted;
			}
			finally {
				InMemoryTransport.this.lock.unlock();
			}
		}

		/**
		 * Return the other side of the connection.
		 * @return the peer
		 */
		public InMemoryPeer peer() {
			InMemoryTransport.this.lock.lock();
			try {
				if (this.peer == null) {
					throw new AssertionError("The dial was not accepted");
				}
				return this.peer;
			}
			finally {
				InMemoryTransport.this.lock.unlock();
			}
		}

		private InMemoryPeer awaitPeer() throws InterruptedException {
			InMemoryTransport.this.lock.lockInterruptibly();
			try {
				long left = WAIT.toNanos();
				while (this.peer == null) {
					if (left <= 0) {
						throw new AssertionError("The dial was not accepted");
					}
					left = InMemoryTransport.this.changed.awaitNanos(left);
				}
				return this.peer;
			}
			finally {
				InMemoryTransport.this.lock.unlock();
			}
		}

	}

}
