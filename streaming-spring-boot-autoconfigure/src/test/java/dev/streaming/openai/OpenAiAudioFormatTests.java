package dev.streaming.openai;

import java.util.Base64;

import dev.streaming.MediaData;
import dev.streaming.realtime.AudioFormat;
import dev.streaming.realtime.RealtimeClient;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for the audio formats that a client returns and accepts.
 */
class OpenAiAudioFormatTests extends AbstractOpenAiTests {

	private static final String APPEND = "input_audio_buffer.append";

	@Test
	void clientReturnsTheDefaultFormats() throws Exception {
		RealtimeClient client = client();
		assertThat(client.inputFormat()).isEqualTo(AudioFormat.pcm16(24_000));
		assertThat(client.outputFormat()).isEqualTo(AudioFormat.pcm16(24_000));
	}

	@Test
	void clientReturnsTheConfiguredFormats() throws Exception {
		this.openAi.options((builder) -> builder.inputAudioFormat(OpenAiAudioFormat.PCMU)
			.outputAudioFormat(OpenAiAudioFormat.PCMA));
		RealtimeClient client = client();
		assertThat(client.inputFormat()).isEqualTo(new AudioFormat(AudioFormat.Encoding.MULAW, 8_000, 1));
		assertThat(client.outputFormat()).isEqualTo(new AudioFormat(AudioFormat.Encoding.ALAW, 8_000, 1));
	}

	@Test
	void clientReturnsTheFormatsOfTheProvider() throws Exception {
		this.openAi.onUpdate((peer) -> peer.text("{\"type\":\"session.updated\",\"session\":{\"type\":\"realtime\","
				+ "\"audio\":{\"input\":{\"format\":{\"type\":\"audio/pcm\",\"rate\":16000}}}}}"));
		assertThat(client().inputFormat()).isEqualTo(AudioFormat.pcm16(16_000));
	}

	@Test
	void wrongRateIsRefusedAndNothingIsSent() throws Exception {
		RealtimeClient client = client();
		MediaData audio = new MediaData(new byte[320], "audio/pcm", 16_000, 1);
		assertThatIllegalArgumentException().isThrownBy(() -> client.sendAudio(audio))
			.withMessageContaining("24000 Hz");
		assertThat(told(APPEND)).isEmpty();
	}

	@Test
	void halfSamplesAreCarriedOver() throws Exception {
		RealtimeClient client = client();
		client.sendAudio(client.inputFormat().media(new byte[] { 1, 2, 3 }));
		client.sendAudio(client.inputFormat().media(new byte[] { 4 }));
		assertThat(told(APPEND)).extracting((event) -> event.path("audio").asString())
			.containsExactly(base64(1, 2), base64(3, 4));
	}

	private static String base64(int... bytes) {
		byte[] data = new byte[bytes.length];
		for (int i = 0; i < bytes.length; i++) {
			data[i] = (byte) bytes[i];
		}
		return Base64.getEncoder().encodeToString(data);
	}

}
