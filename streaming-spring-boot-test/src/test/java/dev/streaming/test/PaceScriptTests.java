package dev.streaming.test;

import java.time.Duration;
import java.util.regex.Pattern;

import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

import static dev.streaming.test.StreamingAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Scripts that speak slowly, in bursts and in small pieces.
 */
@KitTest
class PaceScriptTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	@Autowired
	@Qualifier("assistant")
	private ScriptedProvider provider;

	@Autowired
	@Qualifier("caller")
	private ScriptedProvider voice;

	@Autowired
	private ScriptedProviders providers;

	@Autowired
	private TestTime time;

	@Autowired
	private SessionFactory sessions;

	@Test
	void pauseFollowsEachPiece() throws Exception {
		this.provider.onText("hello").pace(SECOND).reply("a", "b").reply("c");
		try (Session session = this.sessions.open("assistant")) {
			Answer answer = RealtimeClient.of(session).ask("hello");
			assertThat(pieces(this.provider, "text")).isEqualTo(1);
			this.time.advance(SECOND.minusNanos(1));
			assertThat(pieces(this.provider, "text")).isEqualTo(1);
			this.time.advance(Duration.ofNanos(1));
			assertThat(pieces(this.provider, "text")).isEqualTo(2);
			this.time.advance(SECOND);
			assertThat(pieces(this.provider, "text")).isEqualTo(3);
			assertThat(this.provider.transcript()).doesNotContain("(the answer ends");
			this.time.advance(SECOND);
			assertThat(answer).hasText("abc");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "caller", "live", "duplex" })
	void everyProtocolIsSpokenSlowlyAndInBursts(String connection) throws Exception {
		ScriptedProvider provider = this.providers.get(connection);
		provider.onText("A story").pace(SECOND).chunked(4).say("Onceupon").bursts(2, SECOND).say("a timethe end");
		try (Session session = this.sessions.open(connection)) {
			provider.userSays("A story");
			assertThat(pieces(provider, "speech")).isEqualTo(1);
			this.time.advance(SECOND);
			assertThat(pieces(provider, "speech")).isEqualTo(2);
			this.time.advance(SECOND);
			assertThat(pieces(provider, "speech")).isEqualTo(4);
			this.time.advance(SECOND);
			assertThat(pieces(provider, "speech")).isEqualTo(6);
			assertThat(session).delivers("the last piece", (chunk) -> chunk.delta().equals("d"));
		}
	}

	private static long pieces(ScriptedProvider provider, String kind) {
		provider.received();
		return Pattern.compile("\\d < " + kind + "\\b").matcher(provider.transcript()).results().count();
	}

	@Test
	void burstsComeAtOnce() throws Exception {
		this.provider.onText("hello")
			.reply("1")
			.bursts(2, SECOND)
			.reply("2", "3", "4", "5")
			.pace(Duration.ZERO)
			.reply("6");
		try (Session session = this.sessions.open("assistant")) {
			Answer answer = RealtimeClient.of(session).ask("hello");
			assertThat(pieces(this.provider, "text")).isEqualTo(3);
			this.time.advance(SECOND);
			assertThat(pieces(this.provider, "text")).isEqualTo(5);
			this.time.advance(SECOND);
			assertThat(answer).hasText("123456");
		}
	}

	@Test
	void audioComesInBursts() throws Exception {
		byte[] twoSeconds = new byte[2 * 48_000];
		this.voice.onSpeech()
			.bursts(5, Duration.ofMillis(500))
			.audio(new MediaData(twoSeconds, "audio/pcm", 24_000, 1));
		try (Session session = this.sessions.open("caller")) {
			RealtimeClient client = RealtimeClient.of(session);
			client.sendAudio(client.inputFormat().media(new byte[4800]));
			client.commitAudio();
			client.respond();
			assertThat(pieces(this.voice, "audio")).isEqualTo(5);
			this.time.advance(SECOND);
			assertThat(pieces(this.voice, "audio")).isEqualTo(15);
			this.time.advance(SECOND);
			assertThat(session).delivers("");
		}
	}

	@Test
	void textIsCutIntoPieces() throws Exception {
		this.provider.onText("hello").reply("whole").chunked(3).reply("It is \uD83D\uDE00 cold");
		try (Session session = this.sessions.open("assistant")) {
			assertThat(RealtimeClient.of(session).ask("hello")).hasText("wholeIt is \uD83D\uDE00 cold");
		}
		assertThat(this.provider.transcript()).contains("text \"whole\"", "text \"It \"", "text \"is \"",
				"text \"\uD83D\uDE00 c\"", "text \"old\"");
	}

	@Test
	void floodIsTakenAsAWhole() throws Exception {
		String flood = "0123456789".repeat(50);
		this.provider.onText("hello").chunked(1).reply(flood);
		try (Session session = this.sessions.open("assistant")) {
			assertThat(RealtimeClient.of(session).ask("hello")).hasText(flood);
		}
	}

	@Test
	void restIsNotSentAfterAnInterruption() throws Exception {
		this.voice.onText("A story").pace(SECOND).say("Once ", "upon ", "a time");
		try (Session session = this.sessions.open("caller")) {
			this.voice.userSays("A story");
			this.time.advance(SECOND);
			this.voice.userSpeaks();
			this.time.advance(SECOND.multipliedBy(5));
			assertThat(session).delivers("an interruption", (chunk) -> chunk.interrupted());
			assertThat(pieces(this.voice, "speech")).isEqualTo(2);
		}
	}

	@Test
	void paceMustBePossible() {
		Script script = this.provider.next().optional();
		assertThatIllegalArgumentException().isThrownBy(() -> script.bursts(0, SECOND));
		assertThatIllegalArgumentException().isThrownBy(() -> script.pace(SECOND.negated()));
		assertThatIllegalArgumentException().isThrownBy(() -> script.chunked(0));
	}

}
