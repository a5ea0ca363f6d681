package dev.streaming.autoconfigure;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.ConnectionObserver.AttemptOutcome;
import dev.streaming.observation.ConnectionObserver.DialObserver;
import dev.streaming.observation.ConnectionObserver.DialOutcome;
import dev.streaming.observation.ConnectionObserver.ObservedSession;
import dev.streaming.observation.ConnectionObserver.OutageObserver;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import dev.streaming.observation.ConnectionObserver.SessionEnd;
import dev.streaming.observation.StreamingObserver;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link CompositeStreamingObserver}.
 */
class CompositeStreamingObserverTests {

	private final List<String> events = new ArrayList<>();

	@Test
	void noneIsNone() {
		assertThat(CompositeStreamingObserver.of(List.of())).isSameAs(StreamingObserver.NONE);
	}

	@Test
	void onlyOneIsItself() {
		StreamingObserver only = observer("only", true);
		assertThat(CompositeStreamingObserver.of(List.of(only))).isSameAs(only);
	}

	@Test
	void everyoneHearsEverything() {
		ConnectionObserver connection = CompositeStreamingObserver.of(List.of(observer("a", true), observer("b", true)))
			.connection("openai");
		tellAll(connection);
		List<String> all = Arrays.stream(ConnectionObserver.class.getMethods())
			.map(Method::getName)
			.filter((name) -> !name.equals("isEnabled"))
			.toList();
		assertThat(this.events)
			.containsExactlyInAnyOrderElementsOf(concat(withPrefix("a ", all), withPrefix("b ", all)));
	}

	@Test
	void whoDoesNotMeasureHearsOfNoMessages() {
		ConnectionObserver connection = CompositeStreamingObserver
			.of(List.of(observer("rare", false), observer("all", true), observer("other", false)))
			.connection("openai");
		assertThat(connection.isEnabled()).isTrue();
		connection.received(1);
		connection.sent(1);
		connection.handled(1, true);
		assertThat(this.events).containsExactly("all received", "all sent", "all handled");
		connection.attempted(AttemptOutcome.SUCCESS);
		assertThat(this.events).endsWith("rare attempted", "all attempted", "other attempted");
	}

	@Test
	void measuresOnlyIfSomeoneDoes() {
		assertThat(CompositeStreamingObserver.of(List.of(observer("a", false), observer("b", false)))
			.connection("openai")
			.isEnabled()).isFalse();
	}

	private static void tellAll(ConnectionObserver connection) {
		ObservedSession session = mock(ObservedSession.class);
		connection.dialStarted((name, value) -> {
		}).ended(DialOutcome.SUCCESS, 101, null);
		connection.outageStarted(true).ended(OutageOutcome.SUCCESS, null);
		connection.attempted(AttemptOutcome.SUCCESS);
		connection.sessionOpened(session);
		connection.sessionClosed(session, SessionEnd.CLOSED, Duration.ZERO);
		connection.readingStood(Duration.ZERO);
		connection.received(1);
		connection.sent(1);
		connection.handled(1, true);
		connection.pinged(Duration.ZERO, true);
		connection.sendsDropped(1);
		connection.chunksDiscarded(1);
	}

	private StreamingObserver observer(String observer, boolean enabled) {
		ConnectionObserver connection = (ConnectionObserver) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { ConnectionObserver.class },
				(proxy, method, arguments) -> heard(observer, enabled, method));
		return (name) -> connection;
	}

	private Object heard(String observer, boolean enabled, Method method) {
		if (method.getName().equals("isEnabled")) {
			return enabled;
		}
		this.events.add(observer + " " + method.getName());
		if (method.getReturnType() == DialObserver.class) {
			return (DialObserver) (outcome, statusCode, error) -> {
			};
		}
		if (method.getReturnType() == OutageObserver.class) {
			return (OutageObserver) (outcome, error) -> {
			};
		}
		return null;
	}

	private static List<String> withPrefix(String prefix, List<String> names) {
		return names.stream().map(prefix::concat).toList();
	}

	private static List<String> concat(List<String> one, List<String> other) {
		List<String> all = new ArrayList<>(one);
		all.addAll(other);
		return all;
	}

}
