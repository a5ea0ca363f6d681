package dev.streaming.race;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.Conn;
import dev.streaming.Message;
import dev.streaming.ReconnectContext;
import dev.streaming.SessionContext;
import dev.streaming.StreamChunk;
import dev.streaming.internal.session.AbstractSessionTests;
import dev.streaming.testsupport.CallbackRecorder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handler and listener of a session in a {@link Race}: writes down what it hears, and
 * whether two calls ever overlapped.
 */
class RaceWitness extends CallbackRecorder {

	public final List<String> heard = new CopyOnWriteArrayList<>();

	public final AtomicInteger handled = new AtomicInteger();

	private final AtomicInteger inside = new AtomicInteger();

	private final AtomicInteger overlaps = new AtomicInteger();

	// Not volatile: each call has to see what the one before it wrote
	private int calls;

	private final AtomicInteger counted = new AtomicInteger();

	/**
	 * Action of the callback, besides being witnessed.
	 * @param event its name
	 * @throws Exception if it fails
	 */
	void on(String event) throws Exception {
	}

	@Override
	protected final void event(String event) {
		if (this.inside.incrementAndGet() > 1) {
			this.overlaps.incrementAndGet();
		}
		this.calls++;
		this.counted.incrementAndGet();
		this.heard.add(event);
		try {
			on(event);
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			this.inside.decrementAndGet();
		}
	}

	@Override
	public void connect(Conn conn, SessionContext context) throws Exception {
		event("connect");
	}

	@Override
	public void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) throws Exception {
		event("reconnect");
		conn.sendRaw("setup");
	}

	@Override
	public List<StreamChunk> handle(Message message, SessionContext context) {
		this.handled.incrementAndGet();
		event("handle");
		return AbstractSessionTests.echo(message);
	}

	/**
	 * Calls came one at a time and saw each other's writes, the opening first and the end
	 * last, each once; and what was told of outages makes sense.
	 */
	void assertOrder() {
		assertThat(this.overlaps).as("calls that overlapped").hasValue(0);
		assertThat(this.calls).as("calls that saw each other").isEqualTo(this.counted.get());
		String story = String.join(" ", this.heard.stream().filter((event) -> !event.equals("handle")).toList());
		String attempt = "(onReconnecting( reconnect)?)";
		String outage = "(( onDisconnected)?( " + attempt + ")+( onDisconnected( " + attempt + ")*)?( onReconnected)?)";
		assertThat(story)
			.matches("(connect )*opened onOpened" + outage + "*( onDisconnected)?( closing)? closed onClosed");
		int opened = this.heard.indexOf("onOpened");
		assertThat(this.heard.indexOf("handle")).as("first message")
			.satisfiesAnyOf((first) -> assertThat(first).isEqualTo(-1),
					(first) -> assertThat(first).isGreaterThan(opened));
		assertThat(this.heard.subList(this.heard.indexOf("closed"), this.heard.size())).containsExactly("closed",
				"onClosed");
	}

}
