package dev.streaming.sample;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.streaming.ConnConfig;
import dev.streaming.NotConnectedException;
import dev.streaming.SendFailedException;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.test.AutoConfigureScriptedProvider;
import dev.streaming.test.Received;
import dev.streaming.test.ScriptedProvider;
import dev.streaming.test.TestTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static dev.streaming.test.StreamingAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Assistant}.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = "streaming.connections.assistant.session.send-while-reconnecting=fail")
@AutoConfigureScriptedProvider
@Timeout(60)
class AssistantTests {

	private final List<Assistant> opened = new ArrayList<>();

	private final Recorder listener = new Recorder();

	@Autowired
	private SessionFactory sessions;

	@Autowired
	@Qualifier("assistant")
	private ScriptedProvider provider;

	@Autowired
	private TestTime time;

	@AfterEach
	void close() {
		this.opened.forEach(Assistant::close);
	}

	@Test
	void answerEndsBehindTheToolRound() throws Exception {
		this.provider.next().callTool("look_up", "{}").thenReply("cold");
		assistant(Duration.ofSeconds(30), Duration.ofMinutes(2)).ask("weather", this.listener);
		assertThat(this.listener.text()).isEqualTo("cold");
		assertThat(this.provider).hasNotReceived(Received.Kind.CANCEL).hasConnected(1);
	}

	@Test
	void unwantedAnswerIsCancelledAndItsRestIsNotTheNextOne() throws Exception {
		this.provider.onText("hello").reply("one").hold().reply("two");
		this.provider.onText("again").reply("next");
		Assistant assistant = assistant(Duration.ofSeconds(30), Duration.ofMinutes(2));
		this.listener.wanted = 1;
		assistant.ask("hello", this.listener);
		Recorder next = new Recorder();
		assistant.ask("again", next);
		assertThat(next.text()).isEqualTo("next");
		assertThat(this.provider).hasReceived(Received.Kind.CANCEL).hasConnected(1);
	}

	@Test
	void listenerIsAskedWhileNothingComes() throws Exception {
		this.provider.next().staySilent();
		this.listener.wanted = 0;
		assistant(Duration.ofMillis(20), Duration.ofMinutes(2)).ask("hello", this.listener);
		assertThat(this.listener.silences).isEqualTo(1);
		assertThat(this.provider).hasReceived(Received.Kind.CANCEL).hasNotReceived(Received.Kind.CLOSE);
	}

	@Test
	void silenceEndsTheAnswerAndNotTheConversation() {
		this.provider.next().staySilent();
		assertThatExceptionOfType(NoAnswerException.class)
			.isThrownBy(() -> assistant(Duration.ofMillis(50), Duration.ofMinutes(2)).ask("hello", this.listener))
			.satisfies((late) -> assertThat(late.reason()).isEqualTo(NoAnswerException.Reason.SILENT));
		assertThat(this.provider).hasReceived(Received.Kind.CANCEL).hasNotReceived(Received.Kind.CLOSE);
	}

	@Test
	void wholeAnswerHasATimeToo() {
		this.provider.next().reply("and on").hold().reply("and on");
		assertThatExceptionOfType(NoAnswerException.class)
			.isThrownBy(() -> assistant(Duration.ofSeconds(30), Duration.ofMillis(50)).ask("hello", this.listener))
			.satisfies((late) -> assertThat(late.reason()).isEqualTo(NoAnswerException.Reason.TOO_LONG));
		assertThat(this.provider).hasReceived(Received.Kind.CANCEL).hasNotReceived(Received.Kind.CLOSE);
	}

	@Test
	void endOfTheSessionEndsTheAnswer() {
		this.provider.next().reply("one").hold();
		Assistant assistant = assistant(Duration.ofMillis(50), Duration.ofMinutes(2));
		this.listener.atSilence = assistant::close;
		assertThatExceptionOfType(SessionClosedException.class).isThrownBy(() -> assistant.ask("hello", this.listener))
			.withMessageContaining("before the answer did");
		assertThat(this.provider).hasReceived(Received.Kind.CLOSE).hasConnected(1);
	}

	@Test
	void sessionIsKeptWhenNothingWasSent() throws Exception {
		this.provider.onText("one").reply("1");
		this.provider.onText("three").reply("3");
		Assistant assistant = assistant(Duration.ofSeconds(30), Duration.ofMinutes(2));
		assistant.ask("one", this.listener);
		this.time.holdBackOff();
		this.provider.drop();
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> assistant.ask("two", this.listener));
		this.time.releaseBackOff();
		assertThat(this.provider).hasConnected(2);
		this.time.settle();
		assistant.ask("three", this.listener);
		assertThat(assistant.status()).get().extracting(Assistant.Status::reconnects).isEqualTo(1);
	}

	@Test
	void sessionEndsWhenItIsNotKnownWhetherAnAnswerWillCome() throws Exception {
		this.provider.onText("one").reply("1");
		this.provider.onText("three").reply("3");
		Assistant assistant = assistant(Duration.ofSeconds(30), Duration.ofMinutes(2));
		assistant.ask("one", this.listener);
		this.time.holdBackOff();
		this.provider.dropNextSend();
		assertThatExceptionOfType(SendFailedException.class).isThrownBy(() -> assistant.ask("two", this.listener));
		assertThat(assistant.status()).isEmpty();
		assistant.ask("three", this.listener);
		assertThat(this.provider).hasConnected(2).hasReceivedTexts("one", "three");
	}

	@Test
	void sessionThatHasEndedIsReplaced() throws Exception {
		this.provider.next().reply("fine").times(3);
		Assistant assistant = assistant(Duration.ofSeconds(30), Duration.ofMinutes(2));
		assistant.ask("one", this.listener);
		assistant.ask("two", this.listener);
		assertThat(this.provider).hasConnected(1);
		this.provider.close(1008, "Policy");
		assertThat(assistant.status()).isEmpty();
		assistant.ask("three", this.listener);
		assertThat(this.provider).hasConnected(2);
	}

	@Test
	void sessionThatOpensBehindTheEndIsClosed() throws Exception {
		this.provider.nextDial().staySilent();
		Assistant assistant = assistant(Duration.ofSeconds(30), Duration.ofMinutes(2));
		CompletableFuture<Void> asking = CompletableFuture
			.runAsync(() -> assertThatExceptionOfType(SessionClosedException.class)
				.isThrownBy(() -> assistant.ask("hello", this.listener)));
		assertThat(this.provider).wasDialled(1);
		assistant.close();
		this.time.advance(ConnConfig.DEFAULT_DIAL_TIMEOUT);
		asking.get(10, TimeUnit.SECONDS);
		assertThat(this.provider).hasReceived(Received.Kind.CLOSE).hasNotReceived(Received.Kind.TEXT).wasDialled(2);
		assertThat(assistant.status()).isEmpty();
	}

	private Assistant assistant(Duration silence, Duration whole) {
		Assistant assistant = new Assistant(this.sessions, new ChatProperties(1, 1, 2000, silence, whole), "ann");
		this.opened.add(assistant);
		return assistant;
	}

	/**
	 * The sessions of the sample without its web pages.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Sessions {

		@Bean
		RealtimeTool lookUp() {
			return RealtimeTool.of("look_up", "Looks things up", (arguments) -> "cold");
		}

	}

	/**
	 * Records calls, and wants no more after a number of them.
	 */
	private static final class Recorder implements Assistant.Listener {

		private final List<StreamChunk> taken = new ArrayList<>();

		private int wanted = Integer.MAX_VALUE;

		private int silences;

		private Runnable atSilence = () -> {
		};

		String text() {
			return String.join("", this.taken.stream().map(StreamChunk::delta).toList());
		}

		@Override
		public boolean onChunk(StreamChunk chunk) {
			this.taken.add(chunk);
			return --this.wanted > 0;
		}

		@Override
		public boolean onSilence() {
			this.silences++;
			this.atSilence.run();
			return --this.wanted > 0;
		}

	}

}
