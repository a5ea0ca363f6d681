package dev.streaming.internal.relay;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.streaming.AnswerTimeoutException;
import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.realtime.AudioFormat;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ChunkTranslator}: chunks of providers that differ.
 */
@Rule("R1")
class ChunkTranslatorTests {

	private final List<JsonNode> events = new ArrayList<>();

	private int audio;

	private final ChunkTranslator translator = new ChunkTranslator(
			new AudioCodec(AudioFormat.pcm16(24_000), AudioFormat.pcm16(24_000)), new ChunkTranslator.Output() {

				@Override
				public void event(ServerEvent event) {
					String json = new String(event.frame(1).utf8(), StandardCharsets.UTF_8);
					ChunkTranslatorTests.this.events.add(RelayFixture.MAPPER.readTree(json));
				}

				@Override
				public void audio(byte[] pcm) {
					ChunkTranslatorTests.this.audio += pcm.length;
				}

				@Override
				public boolean wantsAudio() {
					return true;
				}

				@Override
				public void dropAudio() {
				}

			});

	@Test
	void turnsThatTheProviderDoesNotNameEndWithTheAnswer() {
		hear("Good ", "Good ");
		hear("morning", "Good morning");
		end();
		hear("Bye", "Bye");
		assertThat(this.events).extracting((event) -> event.path("turn").asString("-"))
			.containsExactly("u1", "u1", "u1", "-", "u2");
		JsonNode whole = this.events.get(2);
		assertThat(whole.path("final").asBoolean()).isTrue();
		assertThat(whole.path("text").asString()).isEqualTo("Good morning");
	}

	@Test
	void turnThatTheProviderDoesNotNameEndsWithAnInterruption() {
		hear("Good morning", "Good morning");
		this.translator.translate(StreamChunk.interruption());
		hear("Stop", "Stop");
		assertThat(this.events.get(1).path("final").asBoolean()).isTrue();
		assertThat(this.events.get(this.events.size() - 1).path("turn").asString()).isEqualTo("u2");
	}

	@Test
	void audioOfAStoppedAnswerIsNotSent() {
		speak();
		assertThat(this.audio).isEqualTo(4_800);
		assertThat(this.translator.stopped("a1")).isTrue();
		speak();
		assertThat(this.audio).isEqualTo(4_800);
	}

	@Test
	void turnWhoseEndIsReportedByTheProviderEndsOnce() {
		this.translator.translate(StreamChunk.builder()
			.source(RealtimeChunks.INPUT)
			.delta("Hello")
			.content("Hello")
			.metadata("final", true)
			.build());
		end();
		assertThat(this.events).filteredOn((event) -> event.path("final").asBoolean(false)).hasSize(1);
	}

	@Test
	void missingAnswerIsDistinguishedFromOtherProblems() {
		fail(new AnswerTimeoutException("Nothing for 8 s", Duration.ofSeconds(8)));
		fail(new StreamingException("secret"));
		assertThat(this.events).extracting((event) -> event.path("code").asString())
			.containsExactly("no_answer", "provider");
		assertThat(this.events.toString()).doesNotContain("secret", "8 s");
	}

	private void hear(String delta, String content) {
		this.translator
			.translate(StreamChunk.builder().source(RealtimeChunks.INPUT).delta(delta).content(content).build());
	}

	private void speak() {
		this.translator
			.translate(StreamChunk.builder().media(AudioFormat.pcm16(24_000).media(new byte[4_800])).build());
	}

	private void fail(StreamingException failure) {
		this.translator.translate(StreamChunk.builder().error(failure).build());
	}

	private void end() {
		this.translator.translate(StreamChunk.builder().finishReason(FinishReason.STOP).build());
	}

}
