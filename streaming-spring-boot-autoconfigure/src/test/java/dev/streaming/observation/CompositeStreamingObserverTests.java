package dev.streaming.observation;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

import dev.streaming.ModelInfo;
import dev.streaming.ToolCall;
import dev.streaming.ToolOutcome;
import dev.streaming.TurnOutcome;
import dev.streaming.Usage;
import dev.streaming.observation.ConnectionObserver.AttemptOutcome;
import dev.streaming.observation.ConnectionObserver.DialObserver;
import dev.streaming.observation.ConnectionObserver.DialOutcome;
import dev.streaming.observation.ConnectionObserver.ObservedSession;
import dev.streaming.observation.ConnectionObserver.OutageObserver;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import dev.streaming.observation.ConnectionObserver.SessionEnd;
import dev.streaming.observation.TurnObserver.ToolObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link CompositeStreamingObserver} and {@link CompositeConnectionObserver}.
 */
@ExtendWith(OutputCaptureExtension.class)
class CompositeStreamingObserverTests {

	private static final Set<String> QUESTIONS = Set.of("timesHandler", "recordsContent");

	private static final List<String> EVENTS = Arrays.stream(ConnectionObserver.class.getMethods())
		.filter((method) -> !Modifier.isStatic(method.getModifiers()))
		.map(Method::getName)
		.filter((name) -> !QUESTIONS.contains(name))
		.toList();

	private final List<String> events = new ArrayList<>();

	@Test
	void compositeOfNoneIsNone() {
		assertThat(StreamingObserver.composite(List.of())).isSameAs(StreamingObserver.NONE);
		assertThat(ConnectionObserver.composite(List.of())).isSameAs(ConnectionObserver.NONE);
	}

	@Test
	void everyEventIsPassedToEveryObserver() {
		ConnectionObserver connection = composite(recording("a", true), recording("b", false));
		raiseAll(connection);
		assertThat(this.events).containsExactlyElementsOf(this.events.stream()
			.filter((event) -> event.startsWith("a "))
			.flatMap((event) -> List.of(event, event.replaceFirst("a ", "b ")).stream())
			.toList());
		assertThat(this.events).filteredOn((event) -> event.startsWith("a "))
			.containsExactlyInAnyOrderElementsOf(EVENTS.stream().map("a "::concat).toList());
	}

	@Test
	void handlerIsTimedIfOneObserverRequestsIt() {
		assertThat(composite(recording("a", false), recording("b", true)).timesHandler()).isTrue();
		assertThat(composite(recording("a", false), recording("b", false)).timesHandler()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void observerThatThrowsChangesNothingAndIsLoggedOnce(boolean linkage, CapturedOutput output) {
		ConnectionObserver failing = proxy((proxy, method, arguments) -> {
			if (QUESTIONS.contains(method.getName())) {
				return true;
			}
			if (linkage) {
				throw new NoClassDefFoundError("broken");
			}
			throw new IllegalStateException("broken");
		});
		ConnectionObserver connection = composite(failing, recording("b", false));
		assertThatNoException().isThrownBy(() -> raiseAll(connection));
		assertThat(this.events).containsExactlyInAnyOrderElementsOf(EVENTS.stream().map("b "::concat).toList());
		assertThat(output.getOut().lines().filter((line) -> line.contains("WARN"))).hasSize(1);
	}

	@Test
	void endThatThrowsDoesNotKeepTheNextObserverFromHearingIt() {
		ConnectionObserver connection = composite(proxy((proxy, method, arguments) -> failingEnd(method)),
				new ConnectionObserver() {

					@Override
					public DialObserver dialStarted(BiConsumer<String, String> headers) {
						return (outcome, statusCode, error) -> CompositeStreamingObserverTests.this.events
							.add("dial " + outcome);
					}

					@Override
					public OutageObserver outageStarted(boolean planned) {
						return (outcome, error) -> CompositeStreamingObserverTests.this.events.add("outage " + outcome);
					}

				});
		connection.dialStarted((name, value) -> {
		}).ended(DialOutcome.TIMEOUT, 0, null);
		connection.outageStarted(true).ended(OutageOutcome.CLOSED, null);
		assertThat(this.events).containsExactly("dial TIMEOUT", "outage CLOSED");
	}

	@Test
	void turnIsPassedToEveryObserver() {
		TurnObserver failing = mock(TurnObserver.class, (call) -> {
			throw new IllegalStateException("broken");
		});
		TurnObserver working = mock(TurnObserver.class);
		ToolObserver tool = mock(ToolObserver.class);
		ToolCall call = new ToolCall("c1", "pay", "{}");
		given(working.toolStarted(call)).willReturn(tool);
		TurnObserver turn = composite(turns(failing), turns(working)).turnStarted(ModelInfo.UNKNOWN);
		turn.firstAudio(Duration.ofSeconds(1));
		turn.firstText(Duration.ofSeconds(2));
		turn.toolStarted(call).ended(ToolOutcome.SUCCESS, Duration.ofSeconds(3), "result");
		turn.content("in", "out");
		turn.ended(TurnOutcome.LOST, Duration.ofSeconds(4), null);
		turn.abandoned();
		verify(working).firstAudio(Duration.ofSeconds(1));
		verify(working).firstText(Duration.ofSeconds(2));
		verify(tool).ended(ToolOutcome.SUCCESS, Duration.ofSeconds(3), "result");
		verify(working).content("in", "out");
		verify(working).ended(TurnOutcome.LOST, Duration.ofSeconds(4), null);
		verify(working).abandoned();
	}

	private static ConnectionObserver turns(TurnObserver turn) {
		return new ConnectionObserver() {

			@Override
			public TurnObserver turnStarted(ModelInfo model) {
				return turn;
			}

		};
	}

	@Test
	void observerThatRefusesAConnectionIsSkipped(CapturedOutput output) {
		StreamingObserver failing = (name) -> {
			throw new IllegalStateException("broken");
		};
		ConnectionObserver connection = StreamingObserver.composite(List.of(failing, observer(recording("b", true))))
			.connection("openai");
		connection.attempted(AttemptOutcome.SUCCESS);
		assertThat(this.events).containsExactly("b attempted");
		assertThat(output).contains("does not observe connection 'openai'");
	}

	private static ConnectionObserver composite(ConnectionObserver... connections) {
		return StreamingObserver
			.composite(Arrays.stream(connections).map(CompositeStreamingObserverTests::observer).toList())
			.connection("openai");
	}

	private static StreamingObserver observer(ConnectionObserver connection) {
		return (name) -> connection;
	}

	private static void raiseAll(ConnectionObserver connection) {
		ObservedSession session = mock(ObservedSession.class);
		connection.dialStarted((name, value) -> {
		}).ended(DialOutcome.SUCCESS, 101, null);
		connection.outageStarted(true).ended(OutageOutcome.SUCCESS, null);
		connection.attempted(AttemptOutcome.SUCCESS);
		connection.sessionOpened(session);
		connection.sessionClosed(session, SessionEnd.CLOSED, Duration.ZERO);
		connection.readPaused(Duration.ZERO);
		connection.received(1);
		connection.sent(1);
		connection.handled(1, true);
		connection.pinged(Duration.ZERO, true);
		connection.sendsDropped(1);
		connection.chunksDiscarded(1);
		connection.limited("max-sessions");
		connection.turnStarted(ModelInfo.UNKNOWN).ended(TurnOutcome.COMPLETED, Duration.ZERO, null);
		connection.responded(ModelInfo.UNKNOWN, Duration.ZERO, "none");
		connection.used(ModelInfo.UNKNOWN, Usage.NONE, false);
	}

	private ConnectionObserver recording(String observer, boolean timesHandler) {
		return proxy((proxy, method, arguments) -> {
			if (QUESTIONS.contains(method.getName())) {
				return timesHandler;
			}
			this.events.add(observer + " " + method.getName());
			return ends(method);
		});
	}

	private static Object ends(Method method) {
		if (method.getReturnType() == DialObserver.class) {
			return (DialObserver) (outcome, statusCode, error) -> {
			};
		}
		if (method.getReturnType() == OutageObserver.class) {
			return (OutageObserver) (outcome, error) -> {
			};
		}
		if (method.getReturnType() == TurnObserver.class) {
			return TurnObserver.NONE;
		}
		return null;
	}

	private static Object failingEnd(Method method) {
		if (method.getReturnType() == DialObserver.class) {
			return (DialObserver) (outcome, statusCode, error) -> {
				throw new IllegalStateException("broken");
			};
		}
		if (method.getReturnType() == OutageObserver.class) {
			return (OutageObserver) (outcome, error) -> {
				throw new IllegalStateException("broken");
			};
		}
		return false;
	}

	private static ConnectionObserver proxy(InvocationHandler handler) {
		return (ConnectionObserver) Proxy.newProxyInstance(CompositeStreamingObserverTests.class.getClassLoader(),
				new Class<?>[] { ConnectionObserver.class }, handler);
	}

}
