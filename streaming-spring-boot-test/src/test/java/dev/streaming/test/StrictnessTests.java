package dev.streaming.test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeClient;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.ApplicationContext;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.test.context.TestContext;

import static dev.streaming.test.StreamingAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willReturn;
import static org.mockito.Mockito.mock;

/**
 * A test fails because of what does not fit its script.
 */
@KitTest
class StrictnessTests {

	@Autowired
	@Qualifier("assistant")
	private ScriptedProvider provider;

	@Autowired
	@Qualifier("live")
	private ScriptedProvider live;

	@Autowired
	private SessionFactory sessions;

	@Autowired
	private ApplicationContext context;

	@Test
	void unscriptedRequestFailsAtOnceAndAtTheEnd() throws Exception {
		this.provider.onText("hello").reply("hi");
		this.provider.onText("bye").reply("bye").times(2);
		try (Session session = this.sessions.open("assistant")) {
			assertThat(RealtimeClient.of(session).ask("hallo")).hasFailedWith("text \"hallo\"");
		}
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.provider::verify).withMessageStartingWith("""
				ScriptedProvider 'assistant': the conversation does not fit the script.
				- It was asked for text "hallo", and no line answers that. The script:
				    onText("hello") (not used)
				    onText("bye") 2 times (not used)
				- No request for onText("hello") (not used)
				- No request for onText("bye") 2 times (not used)
				The transcript so far:
				dial wss://api.openai.com/v1/realtime""").withMessageContaining("1 > TEXT hallo");
		this.provider.lenient();
	}

	@Test
	void documentShowsTheFailure() throws Exception {
		this.provider.onText("hello").reply("hi");
		try (Session session = this.sessions.open("assistant")) {
			assertThat(RealtimeClient.of(session).ask("hallo")).hasFailedWith("text \"hallo\"");
			String document = Files.readString(Path.of("..", "docs", "how-to", "testing.md"));
			assertThatExceptionOfType(AssertionError.class).isThrownBy(this.provider::verify)
				.satisfies((failure) -> assertThat(document).contains("```text\n" + failure.getMessage() + "\n```"));
		}
		this.provider.lenient();
	}

	@Test
	void unscriptedRequestOfGeminiFailsAtOnce() throws Exception {
		try (Session session = this.sessions.open("live")) {
			assertThat(RealtimeClient.of(session).ask("hallo")).hasFailedWith("text \"hallo\"");
		}
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.live::verify)
			.withMessageContaining("It was asked for text \"hallo\", and no line answers that. The script is empty");
		this.live.lenient();
	}

	@Test
	void resultsThatNothingAnswersAreNamedByTheirLine() throws Exception {
		this.provider.onText("weather").callTool("get_weather", "{\"city\":\"Oslo\"}");
		try (Session session = this.sessions.open("assistant")) {
			assertThat(RealtimeClient.of(session).ask("weather")).hasFailedWith("the result of a tool");
		}
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.provider::verify).withMessageContaining("""
				- It was asked for an answer to the result of a tool, called by onText("weather"), \
				which has no continuation; add then() or thenReply(…) to it
				The transcript so far:""");
		this.provider.lenient();
	}

	@Test
	void unusedPartFails() throws Exception {
		this.provider.onText("hello").reply("hi").thenReply("again");
		this.provider.onText("bye").reply("bye").optional();
		try (Session session = this.sessions.open("assistant")) {
			assertThat(RealtimeClient.of(session).ask("hello")).hasText("hi");
		}
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.provider::verify)
			.withMessageContaining("- No request for part 2 of the 2 of onText(\"hello\")")
			.withMessageNotContaining("bye");
		this.provider.lenient();
	}

	@Test
	void outcomesThatDoNotHappenFail() throws Exception {
		this.provider.nextDial().refuse(503);
		this.provider.nextDial().staySilent();
		this.provider.nextSetup().error("invalid_value", "No");
		this.provider.nextSetup().drop();
		this.provider.dropNextSend();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.provider::verify).withMessageContaining("""
				- No dial was made to be refused with 503
				- No dial was made to be not answered
				- No setup was sent to be answered with the error invalid_value
				- No setup was sent to be dropped
				- No message was sent to be lost with its connection
				""");
		this.provider.reset();
		this.provider.verify();
	}

	@Test
	void scriptThatCannotBeDoneFails() throws Exception {
		this.provider.onText("hello").think("Hm.");
		try (Session session = this.sessions.open("assistant")) {
			RealtimeClient.of(session).sendText("hello");
			RealtimeClient.of(session).respond();
			this.provider.received();
		}
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.provider::verify)
			.withMessageContaining("- The script failed: openai-realtime does not report the model's reasoning");
		this.provider.lenient();
	}

	@Test
	void failedAssertionShowsTheTranscript() throws Exception {
		this.provider.onText("hello").reply("hi");
		try (Session session = this.sessions.open("assistant")) {
			assertThat(RealtimeClient.of(session).ask("hello")).hasText("hi");
			assertThatExceptionOfType(AssertionError.class)
				.isThrownBy(() -> assertThat(this.provider).hasNotReceived(Received.Kind.TEXT))
				.withMessageContaining(
						"ScriptedProvider 'assistant': no TEXT should have been received, but was: TEXT hello.")
				.withMessageContaining("1 > TEXT hello")
				.withMessageContaining("1 < text \"hi\"");
			assertThat(this.provider.transcript()).doesNotContain("scripted\"").doesNotContain("Bearer");
		}
	}

	@Test
	void failedAssertionOfASessionShowsTheTranscriptToo() throws Exception {
		this.provider.onText("hello").reply("hi");
		try (Session session = this.sessions.open("assistant")) {
			RealtimeClient client = RealtimeClient.of(session);
			client.sendText("hello");
			client.respond();
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> assertThat(session).delivers("hey"))
				.withMessageContaining("should deliver \"hey\" but has delivered \"hi\":")
				.withMessageContaining("ScriptedProvider 'assistant'\nThe transcript so far:\n")
				.withMessageContaining("1 < text \"hi\"");
			// An interrupted thread does not wait for what does not come
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(AssertionError.class)
				.isThrownBy(() -> assertThat(session).hasFailedWith(IllegalStateException.class))
				.withMessageContaining("should be CLOSED but is OPEN")
				.withMessageContaining("1 < text \"hi\"");
			assertThat(Thread.interrupted()).isTrue();
		}
	}

	@Test
	void failedAssertionOfAProviderNamesTheExpectation() throws Exception {
		this.provider.onText("hello").reply("hi");
		try (Session session = this.sessions.open("assistant")) {
			assertThat(RealtimeClient.of(session).ask("hello")).hasText("hi");
		}
		ScriptedProviderAssert provider = assertThat(this.provider);
		// An interrupted thread does not wait for what does not come
		Thread.currentThread().interrupt();
		assertFails(() -> provider.hasReceivedTexts("hallo"), "texts: expected [\"hallo\"], but was [\"hello\"].");
		assertFails(() -> provider.hasConnected(2), "connections: expected 2, but was 1.");
		assertFails(() -> provider.hasSetup("/type", "x"), "setup /type: expected \"x\", but was \"realtime\".");
		assertFails(() -> provider.hasReceived(Received.Kind.IMAGE), "no IMAGE was received.");
		assertFails(() -> provider.hasReceivedMessage("a truncation", (json) -> false),
				"no message was received that is a truncation.");
		assertThat(Thread.interrupted()).isTrue();
	}

	private static void assertFails(ThrowingCallable assertion, String problem) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(assertion)
			.withMessageStartingWith("ScriptedProvider 'assistant': " + problem + "\nThe transcript so far:\ndial ");
	}

	@Test
	void keyIsNotShownByAFailure() throws Exception {
		this.sessions.open("assistant", (spec) -> spec.attribute(RealtimeAttributes.API_KEY, "sk-of-somebody")).close();
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> new ScriptedProviderAssert(this.provider).wasDialledWith("Authorization", "Bearer x"))
			.withMessageContaining("another text of 21 characters")
			.withMessageNotContaining("somebody");
		assertThat(this.provider.lastDial().toString()).doesNotContain("somebody");
	}

	@Test
	void listenerVerifiesAndShowsTheTranscriptBesideAnotherFailure() {
		ScriptedProviderTestExecutionListener listener = new ScriptedProviderTestExecutionListener();
		ScriptedProviders providers = new ScriptedProviders(Map.of("assistant", "openai-realtime"), Set.of(), true);
		StaticApplicationContext other = new StaticApplicationContext();
		other.getBeanFactory().registerSingleton("providers", providers);
		TestContext testContext = mock(TestContext.class);
		willReturn(StrictnessTests.class).given(testContext).getTestClass();
		given(testContext.hasApplicationContext()).willReturn(true);
		given(testContext.getApplicationContext()).willReturn(other);
		listener.beforeTestMethod(testContext);
		providers.get("assistant").onText("never").reply("asked");
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> listener.afterTestMethod(testContext))
			.withMessageContaining("never");
		listener.beforeTestMethod(testContext);
		providers.get("assistant").onText("never").reply("asked");
		IllegalStateException failure = new IllegalStateException("other");
		given(testContext.getTestException()).willReturn(failure);
		listener.afterTestMethod(testContext);
		assertThat(failure.getSuppressed()).as("nobody has dialled").isEmpty();
		given(testContext.getTestException()).willReturn(null);
		listener.beforeTestMethod(testContext);
		listener.afterTestMethod(testContext);
		providers.close();
	}

	@Test
	void testsInParallelAreVerifiedAtTheEndOfTheLast() {
		ScriptedProviders providers = new ScriptedProviders(Map.of("a", "openai-realtime"), Set.of(), true);
		providers.begin();
		providers.get("a").onText("one").reply("1");
		providers.begin();
		assertThat(providers.end()).isEmpty();
		assertThat(providers.end()).hasSize(1);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(providers.get("a")::verify);
		providers.begin();
		providers.get("a").verify();
		providers.close();
	}

	@Test
	void everyConnectionHasItsProvider() {
		ScriptedProviders providers = this.context.getBean(ScriptedProviders.class);
		assertThat(providers.names()).contains("assistant", "caller", "live", "echo", "duplex", "dictation");
		assertThat(providers.get("assistant")).isSameAs(this.provider);
	}

}
