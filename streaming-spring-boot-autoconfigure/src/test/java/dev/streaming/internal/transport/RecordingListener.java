package dev.streaming.internal.transport;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.streaming.testsupport.ReceivedMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Records a transport's calls, and where they break the listener's rules.
 */
final class RecordingListener implements TransportListener {

	private final List<ReceivedMessage> messages = new CopyOnWriteArrayList<>();

	private final List<DialException> failures = new CopyOnWriteArrayList<>();

	private final List<Closed> ends = new CopyOnWriteArrayList<>();

	private final List<String> violations = new CopyOnWriteArrayList<>();

	private final AtomicInteger inside = new AtomicInteger();

	private final AtomicInteger opened = new AtomicInteger();

	private final AtomicInteger pongs = new AtomicInteger();

	private final AtomicInteger activities = new AtomicInteger();

	private volatile @Nullable TransportConnection connection;

	private volatile Consumer<TransportConnection> onOpened = (ignored) -> {
	};

	private volatile Consumer<ReceivedMessage> onMessage = (ignored) -> {
	};

	RecordingListener onOpened(Consumer<TransportConnection> action) {
		this.onOpened = action;
		return this;
	}

	RecordingListener onMessage(Consumer<ReceivedMessage> action) {
		this.onMessage = action;
		return this;
	}

	@Override
	public void opened(TransportConnection connection) {
		call("opened", () -> {
			if (this.opened.incrementAndGet() != 1) {
				this.violations.add("opened twice");
			}
			this.connection = connection;
			this.onOpened.accept(connection);
		});
	}

	@Override
	public void failed(DialException failure) {
		call("failed", () -> this.failures.add(failure));
	}

	@Override
	public void text(String text) {
		message(new ReceivedMessage(true, text.getBytes(StandardCharsets.UTF_8)));
	}

	@Override
	public void text(byte[] utf8) {
		message(new ReceivedMessage(true, utf8));
	}

	@Override
	public void binary(byte[] bytes) {
		message(new ReceivedMessage(false, bytes));
	}

	private void message(ReceivedMessage message) {
		call("message", () -> {
			if (this.opened.get() == 0) {
				this.violations.add("message before opened");
			}
			this.messages.add(message);
			this.onMessage.accept(message);
		});
	}

	@Override
	public void activity() {
		this.activities.incrementAndGet();
		afterEnd("activity");
	}

	@Override
	public void pong() {
		this.pongs.incrementAndGet();
		afterEnd("pong");
	}

	@Override
	public void closed(CloseStatus status, @Nullable Throwable cause) {
		call("closed", () -> {
			if (this.opened.get() == 0) {
				this.violations.add("closed before opened");
			}
			this.ends.add(new Closed(status, cause));
		});
	}

	private void call(String name, Runnable action) {
		if (this.inside.incrementAndGet() != 1) {
			this.violations.add(name + " overlaps another call");
		}
		afterEnd(name);
		try {
			action.run();
		}
		finally {
			this.inside.decrementAndGet();
		}
	}

	private void afterEnd(String name) {
		if (!this.ends.isEmpty() || !this.failures.isEmpty()) {
			this.violations.add(name + " after the end");
		}
	}

	TransportConnection connection() {
		TransportConnection current = this.connection;
		if (current == null) {
			throw new AssertionError("Not open; failures: " + this.failures);
		}
		return current;
	}

	boolean isOpen() {
		return this.connection != null;
	}

	List<ReceivedMessage> messages() {
		return this.messages;
	}

	List<String> texts() {
		return this.messages.stream().map(ReceivedMessage::text).toList();
	}

	List<DialException> failures() {
		return this.failures;
	}

	List<Closed> ends() {
		return this.ends;
	}

	Closed end() {
		return this.ends.get(0);
	}

	List<String> violations() {
		return this.violations;
	}

	int pongs() {
		return this.pongs.get();
	}

	int activities() {
		return this.activities.get();
	}

	record Closed(CloseStatus status, @Nullable Throwable cause) {

		int code() {
			return this.status.getCode();
		}

	}

}
