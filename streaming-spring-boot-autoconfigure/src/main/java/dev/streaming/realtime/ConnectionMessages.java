package dev.streaming.realtime;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Message;
import dev.streaming.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.Assert;

/**
 * Sends messages that are valid on one connection only, such as the result of a tool,
 * whose call is unknown on the next connection. A message that is sent while the
 * connection is lost may be held for the next one, and is withdrawn. One for each
 * session, owned by the provider's handler. Thread-safe; calls nothing with its lock
 * held.
 *
 * @since 1.0.0
 */
public final class ConnectionMessages {

	/**
	 * Maximum number of messages that are remembered for the moment in which a connection
	 * is lost.
	 */
	private static final int REMEMBERED = 256;

	private static final Logger logger = LoggerFactory.getLogger(ConnectionMessages.class);

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private long connection;

	// Weak references: held messages are referenced by the buffer of the outage, others
	// may be collected
	@GuardedBy("lock")
	private final Deque<Handed> handed = new ArrayDeque<>();

	/**
	 * Return the current connection. To be called before the decision to send a message.
	 * @return the number of the connection
	 */
	public long connection() {
		this.lock.lock();
		try {
			return this.connection;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Send a message unless its connection was lost. Blocks as long as the sender does.
	 * @param connection the {@linkplain #connection() number} of its connection
	 * @param message the message
	 * @param sender called to send the message; its exceptions are propagated
	 * @return {@code false} if the connection was lost, and nothing was sent
	 */
	public boolean send(long connection, Message message, Consumer<? super Message> sender) {
		Assert.notNull(message, "'message' must not be null");
		Assert.notNull(sender, "'sender' must not be null");
		if (!hand(connection, message)) {
			return false;
		}
		sender.accept(message);
		return true;
	}

	private boolean hand(long number, Message message) {
		this.lock.lock();
		try {
			if (this.connection != number) {
				return false;
			}
			this.handed.add(new Handed(number, new WeakReference<>(message)));
			if (this.handed.size() > REMEMBERED) {
				this.handed.remove();
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Log that the result of a tool call was dropped.
	 * @param session the session
	 */
	public static void resultDropped(Session session) {
		logger.atDebug()
			.addKeyValue("session", session.id())
			.addKeyValue("connection", session.connectionName())
			.log("Dropped the result of a tool call that has a result already, was cancelled, or was lost with its"
					+ " connection");
	}

	/**
	 * Handle the loss of the connection: withdraw its held messages.
	 * @param withdraw called to withdraw a message, without effect if it is not held
	 */
	public void lost(Consumer<? super Message> withdraw) {
		this.lock.lock();
		try {
			this.connection++;
		}
		finally {
			this.lock.unlock();
		}
		earlier(false).forEach(withdraw);
	}

	/**
	 * Handle a new connection on which no held message was sent yet: withdraw messages
	 * that were not held yet when the last one was lost.
	 * @param withdraw called to withdraw a message, without effect if it is not held
	 */
	public void restored(Consumer<? super Message> withdraw) {
		earlier(true).forEach(withdraw);
	}

	// Return the messages of lost connections.
	private List<Message> earlier(boolean forget) {
		this.lock.lock();
		try {
			List<Message> messages = new ArrayList<>();
			Iterator<Handed> all = this.handed.iterator();
			while (all.hasNext()) {
				Handed each = all.next();
				Message message = each.message().get();
				if (message != null && each.connection() < this.connection) {
					messages.add(message);
				}
				if (message == null || (forget && each.connection() < this.connection)) {
					all.remove();
				}
			}
			return messages;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Message that was passed to the sender.
	 *
	 * @param connection the number of its connection
	 * @param message the message, while it is referenced elsewhere
	 */
	private record Handed(long connection, WeakReference<Message> message) {

	}

}
