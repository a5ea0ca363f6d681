package dev.streaming.gemini;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.streaming.ToolCall;
import dev.streaming.gemini.OpenCalls.Call;
import dev.streaming.gemini.OpenCalls.CallState;
import dev.streaming.realtime.RealtimeTool.Scheduling;
import dev.streaming.realtime.ToolResult;
import dev.streaming.testsupport.Rule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Open calls and their counts, which stand for a look at each call.
 */
@Rule("B3")
class OpenCallsTests {

	private static final ToolResult RESULT = ToolResult.of("seen");

	private final OpenCalls calls = new OpenCalls(10);

	@Test
	void callsAreBounded() {
		for (int i = 0; i < OpenCalls.MAX_OPEN; i++) {
			assertThat(open("c" + i, true, null)).isTrue();
		}
		assertThat(open("more", true, null)).isFalse();
		this.calls.close("c0");
		assertThat(open("more", true, null)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
	void countsAreThoseOfTheCalls(long seed) {
		Random random = new Random(seed);
		for (int i = 0; i < 2_000; i++) {
			step(random);
			assertThat(this.calls.isAnyAwaited()).isEqualTo(!this.calls.awaited().isEmpty());
			assertThat(this.calls.isAtWork()).isEqualTo(!this.calls.atWork().isEmpty());
			assertThat(this.calls.hasHeld()).isEqualTo(ids().anyMatch((id) -> state(id) == CallState.RETURNED));
			assertThat(this.calls.held().keySet())
				.containsExactlyInAnyOrderElementsOf(ids().filter((id) -> state(id) == CallState.RETURNED).toList());
		}
	}

	private void step(Random random) {
		String id = "c" + random.nextInt(5);
		switch (random.nextInt(8)) {
			case 0, 1 -> open(id, random.nextBoolean(), random.nextBoolean() ? null : Scheduling.WHEN_IDLE);
			case 2 -> this.calls.hold(id, RESULT);
			case 3 -> this.calls.overtaken();
			case 4 -> this.calls.close(id);
			case 5 -> {
				Call closed = this.calls.close(id);
				if (closed != null) {
					this.calls.reopen(id, closed);
				}
			}
			case 6 -> this.calls.voided(List.of(id, "c0"));
			default -> {
				if (random.nextInt(20) == 0) {
					this.calls.reset();
				}
			}
		}
	}

	@Test
	void callOfTheApplicationIsOvertaken() {
		open("c1", false, null);
		open("c2", true, null);
		this.calls.overtaken();
		assertThat(this.calls.awaited()).isEqualTo(Map.of("c2", "look"));
		assertThat(state("c1")).isEqualTo(CallState.OVERTAKEN);
		assertThat(this.calls.atWork()).containsExactly("c2");
	}

	private boolean open(String id, boolean own, @Nullable Scheduling scheduling) {
		return this.calls.open(new ToolCall(id, "look", "{}"), own, scheduling);
	}

	private static Stream<String> ids() {
		return IntStream.range(0, 5).mapToObj((i) -> "c" + i);
	}

	private @Nullable CallState state(String id) {
		Call call = this.calls.find(id);
		return (call != null) ? call.state() : null;
	}

}
