package dev.streaming.openai;

import java.util.ArrayList;
import java.util.List;

import dev.streaming.Message;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.realtime.ToolResult;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Calls of the model that does delegated work, and the bound of their ids.
 */
class LiveDelegationsTests {

	private static final int MAX_OPEN = 1024;

	private static final int MAX_CALLS = 4 * MAX_OPEN;

	private final LiveDelegations delegations = new LiveDelegations();

	@Test
	void modelIsAskedToContinueAfterTheLastResult() {
		call("d1", "c1");
		call("d1", "c2");
		assertThat(this.delegations.ended("d1", true)).isEmpty();
		assertThat(answer("c1")).hasSize(1);
		assertThat(answer("c2")).hasSize(2);
		assertThat(this.delegations.isOpen()).isFalse();
	}

	/**
	 * The model was asked to continue before it had the result of a tool, when its
	 * response ended while the tool's thread sent it.
	 */
	@Test
	@Rule("V8")
	void modelIsNotAskedToContinueWhileAResultIsBeingSent() {
		call("d1", "c1");
		List<String> sent = new ArrayList<>();
		this.delegations.returned("c1", ToolResult.of("seen"), (message) -> {
			if (sent.isEmpty()) {
				assertThat(this.delegations.ended("d1", true)).isEmpty();
			}
			// No moment for a planned change, nor is the one between the two
			assertThat(this.delegations.isOpen()).isTrue();
			sent.add(typeOf(message));
		});
		assertThat(sent).containsExactly("response.item.create", "response.create");
		assertThat(this.delegations.isOpen()).isFalse();
	}

	@Test
	@Rule("V8")
	void modelIsAskedOnceBehindResultsThatAreSentSideBySide() {
		call("d1", "c1");
		call("d1", "c2");
		this.delegations.ended("d1", true);
		List<String> sent = new ArrayList<>();
		this.delegations.returned("c1", ToolResult.of("seen"), (message) -> {
			if (sent.isEmpty()) {
				this.delegations.returned("c2", ToolResult.of("seen"), (other) -> sent.add(typeOf(other)));
				assertThat(sent).containsExactly("response.item.create");
			}
			sent.add(typeOf(message));
		});
		assertThat(sent).containsExactly("response.item.create", "response.item.create", "response.create");
	}

	@Test
	@Rule("V8")
	void resultThatWasNotSentIsAwaited() {
		call("d1", "c1");
		IllegalStateException failure = new IllegalStateException("not connected");
		assertThatIllegalStateException()
			.isThrownBy(() -> this.delegations.returned("c1", ToolResult.of("seen"), (message) -> {
				throw failure;
			}))
			.isSameAs(failure);
		assertThat(this.delegations.isOpen()).isTrue();
		assertThat(this.delegations.ended("d1", true)).isEmpty();
		assertThat(answer("c1")).extracting(LiveDelegationsTests::typeOf)
			.containsExactly("response.item.create", "response.create");
		assertThat(this.delegations.isOpen()).isFalse();
	}

	private static String typeOf(Message message) {
		return OpenAiJson.text(OpenAiJson.parse(message), "type");
	}

	@Test
	void resultThatWasNotSentOnALostConnectionIsNotAwaited() {
		call("d1", "c1");
		assertThatIllegalStateException()
			.isThrownBy(() -> this.delegations.returned("c1", ToolResult.of("seen"), (message) -> {
				this.delegations.reset();
				throw new IllegalStateException("lost");
			}));
		assertThat(this.delegations.isOpen()).isFalse();
	}

	@Test
	void secondResultOfACallIsDropped() {
		call("d1", "c1");
		assertThat(answer("c1")).hasSize(1);
		assertThat(answer("c1")).isEmpty();
	}

	@Test
	void callThatIsReportedAgainIsNotRunAgain() {
		call("d1", "c1");
		answer("c1");
		assertThat(this.delegations.called("d1", new ToolCall("c1", "look", "{}"))).isNull();
	}

	@Test
	@Rule("B3")
	void rememberedDelegationsAreBounded() {
		for (int i = 0; i <= MAX_OPEN; i++) {
			assertThat(this.delegations.delegated("d" + i)).isTrue();
		}
		assertThat(this.delegations.delegated("d" + MAX_OPEN)).isFalse();
		assertThat(this.delegations.delegated("d0")).as("the oldest is forgotten").isTrue();
		this.delegations.reset();
		assertThat(this.delegations.delegated("d" + MAX_OPEN)).as("valid on its connection").isTrue();
	}

	@Test
	@Rule("B3")
	void callsWithoutAResultAreBounded() {
		for (int i = 0; i < MAX_OPEN; i++) {
			call("d" + i % 10, "c" + i);
		}
		assertThatExceptionOfType(StreamingException.class).isThrownBy(() -> call("d1", "more"))
			.withMessage("More than 1024 function calls have no result");
	}

	@Test
	@Rule("B3")
	void callsOfOneResponseAreBounded() {
		for (int i = 0; i < MAX_CALLS; i++) {
			call("d1", "c" + i);
			answer("c" + i);
		}
		assertThatExceptionOfType(StreamingException.class).isThrownBy(() -> call("d1", "more"))
			.withMessage("More than 4096 functions were called in responses that have not ended");
	}

	@Test
	@Rule("B3")
	void callsOfAllResponsesAreBoundedTogether() {
		// Each response has a call without a result, so that none can be forgotten
		for (int i = 0; i < MAX_CALLS; i++) {
			call("d" + i % 100, "c" + i);
			if (i >= 100) {
				answer("c" + i);
			}
		}
		assertThatExceptionOfType(StreamingException.class).isThrownBy(() -> call("d1", "more"))
			.withMessageContaining("4096 functions");
		this.delegations.reset();
		call("d1", "more");
	}

	@Test
	@Rule("B3")
	void responsesWithAllResultsAreForgotten() {
		for (int round = 0; round < 3; round++) {
			for (int i = 0; i < MAX_CALLS; i++) {
				String id = round + "-" + i;
				call("d" + id, "c" + id);
				answer("c" + id);
			}
		}
		assertThat(this.delegations.isOpen()).isFalse();
	}

	@Test
	@Rule("B3")
	void endedResponsesDoNotCount() {
		for (int i = 0; i < 2 * MAX_CALLS; i++) {
			call("d1", "c" + i);
			this.delegations.ended("d1", false);
		}
		for (int i = 0; i < 2 * MAX_CALLS; i++) {
			call("d1", "c" + i);
			this.delegations.ended("d1", true);
			answer("c" + i);
			this.delegations.begun("d1");
		}
	}

	private void call(String delegation, String call) {
		assertThat(this.delegations.called(delegation, new ToolCall(call, "look", "{}"))).isEqualTo(CallPermission.RUN);
	}

	private List<Message> answer(String call) {
		List<Message> sent = new ArrayList<>();
		assertThat(this.delegations.returned(call, ToolResult.of("seen"), sent::add)).isEqualTo(!sent.isEmpty());
		return sent;
	}

}
