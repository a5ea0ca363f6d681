package dev.streaming.realtime.springai;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Session;
import dev.streaming.SessionListener;
import dev.streaming.SessionSpec;
import dev.streaming.Turn;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;
import dev.streaming.realtime.PeerMemory;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeProtocol;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.util.Assert;

/**
 * {@link SessionListener} that stores conversations in Spring AI's {@link ChatMemory}: a
 * session that is opened with {@link #conversation(String)} begins with the texts of that
 * conversation, and its texts are added after each turn and at its end. Speech is stored
 * as its transcript, so the transcription of input must be enabled. Other sessions are
 * not affected.
 *
 * <pre>{@code
 * Session session = sessions.open("assistant", memory.conversation("user-42"));
 * }</pre>
 *
 * At most {@code history-size} texts are replayed, none if {@code history-replay} is
 * disabled. Thread-safe. The memory is written by an executor, in the order of the
 * conversation; failures are logged.
 *
 * @since 1.0.0
 */
public final class ChatMemoryBridge implements SessionListener {

	private static final Logger logger = LoggerFactory.getLogger(ChatMemoryBridge.class);

	/** Turns of a session that the memory has not taken yet. */
	static final int MAX_WAITING = 1024;

	private final ChatMemory memory;

	private final Executor executor;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Map<Session, Kept> sessions = new WeakHashMap<>();

	/**
	 * Create a bridge.
	 * @param memory the memory
	 * @param executor the executor for writes, which may block
	 */
	public ChatMemoryBridge(ChatMemory memory, Executor executor) {
		this.memory = memory;
		this.executor = executor;
	}

	/**
	 * Let a session continue a conversation. The memory is read when the session is
	 * opened, on the opening thread.
	 * @param conversationId the id of the conversation
	 * @return a customizer for
	 * {@link dev.streaming.SessionFactory#open(String, Consumer)}
	 */
	public Consumer<SessionSpec> conversation(String conversationId) {
		Assert.hasText(conversationId, "'conversationId' must not be empty");
		return (spec) -> spec.attribute(ChatMemory.CONVERSATION_ID, conversationId)
			.attribute(RealtimeAttributes.HISTORY, items(this.memory.get(conversationId)));
	}

	private static List<Item> items(List<Message> messages) {
		List<Item> items = new ArrayList<>();
		for (Message message : messages) {
			Role role = roleOf(message.getMessageType());
			String text = message.getText();
			if (role != null && text != null && !text.isBlank()) {
				items.add(new Item("memory_" + items.size(), role, text));
			}
		}
		return items;
	}

	private static @Nullable Role roleOf(MessageType type) {
		return switch (type) {
			case USER -> Role.USER;
			case ASSISTANT -> Role.ASSISTANT;
			case SYSTEM -> Role.SYSTEM;
			default -> null;
		};
	}

	@Override
	public void onTurn(Session session, Turn turn) {
		keep(session);
	}

	@Override
	public void onClosed(Session session, @Nullable Throwable error) {
		keep(session);
	}

	private void keep(Session session) {
		Object id = session.attributes().get(ChatMemory.CONVERSATION_ID);
		RealtimeProtocol protocol = session.unwrap(RealtimeProtocol.class).orElse(null);
		if (!(id instanceof String conversationId) || protocol == null) {
			return;
		}
		List<Item> items = protocol.history();
		Kept kept;
		this.lock.lock();
		try {
			kept = this.sessions.computeIfAbsent(session, (added) -> new Kept());
			List<Message> messages = kept.add(items);
			if (messages.isEmpty()) {
				return;
			}
			Write write = new Write(() -> this.memory.add(conversationId, messages), lengthOf(messages));
			if (!kept.offer(write) || kept.waiting.size() > 1) {
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		start(kept);
	}

	private static long lengthOf(List<Message> messages) {
		return messages.stream().mapToLong((message) -> String.valueOf(message.getText()).length()).sum();
	}

	private void start(Kept kept) {
		try {
			this.executor.execute(() -> write(kept));
		}
		catch (RejectedExecutionException ex) {
			kept.forget(this.lock);
			missing(ex);
		}
	}

	private static void missing(RuntimeException failure) {
		logger.atWarn().setCause(failure).log("The chat memory could not be written; these texts are missing in it");
	}

	private void write(Kept kept) {
		for (Runnable next = kept.first(this.lock); next != null; next = kept.next(this.lock)) {
			try {
				next.run();
			}
			catch (RuntimeException ex) {
				missing(ex);
			}
		}
	}

	/**
	 * Task that writes the texts of one turn.
	 *
	 * @param task the task
	 * @param characters the length of the texts
	 */
	private record Write(Runnable task, long characters) {

	}

	/**
	 * Texts of one session that are stored, or being written. Guarded by the lock of the
	 * bridge.
	 */
	private static final class Kept {

		private final Set<String> ids = new HashSet<>();

		private final Deque<Write> waiting = new ArrayDeque<>();

		private long characters;

		// Texts were left out, and that was logged
		private boolean behind;

		// The provider alone decides how fast turns end
		boolean offer(Write write) {
			boolean full = this.waiting.size() >= MAX_WAITING
					|| (!this.waiting.isEmpty() && this.characters + write.characters > PeerMemory.LIMIT);
			if (full && !this.behind) {
				logger
					.warn("The chat memory is slower than the conversation; the texts of some turns are missing in it");
			}
			this.behind = full;
			if (!full) {
				this.waiting.add(write);
				this.characters += write.characters;
			}
			return !full;
		}

		List<Message> add(List<Item> items) {
			List<Message> messages = new ArrayList<>();
			for (Item item : items) {
				if (this.ids.add(item.id()) && !item.id().startsWith("memory_")) {
					messages.add(SpringAiMessages.of(item));
				}
			}
			this.ids.retainAll(items.stream().map(Item::id).toList());
			return messages;
		}

		void forget(ReentrantLock lock) {
			lock.lock();
			try {
				this.waiting.clear();
				this.characters = 0;
			}
			finally {
				lock.unlock();
			}
		}

		@Nullable Runnable first(ReentrantLock lock) {
			lock.lock();
			try {
				return task();
			}
			finally {
				lock.unlock();
			}
		}

		private @Nullable Runnable task() {
			Write first = this.waiting.peek();
			return (first != null) ? first.task : null;
		}

		@Nullable Runnable next(ReentrantLock lock) {
			lock.lock();
			try {
				Write done = this.waiting.poll();
				this.characters -= (done != null) ? done.characters : 0;
				return task();
			}
			finally {
				lock.unlock();
			}
		}

	}

}
