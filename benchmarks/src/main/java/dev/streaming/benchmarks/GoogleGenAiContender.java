package dev.streaming.benchmarks;

import java.net.URI;
import java.util.function.Consumer;

import com.google.genai.AsyncSession;
import com.google.genai.Client;
import com.google.genai.types.HttpOptions;
import com.google.genai.types.LiveConnectConfig;
import com.google.genai.types.LiveSendRealtimeInputParameters;
import com.google.genai.types.LiveServerContent;
import com.google.genai.types.Transcription;

/**
 * Google's own client. It speaks {@code wss} only, and trusts whom the JVM trusts.
 */
final class GoogleGenAiContender implements Contender {

	@Override
	public Link open(URI uri, Decoder decode, Consumer<String> consumer) throws Exception {
		Client client = Client.builder()
			.apiKey("key")
			.httpOptions(HttpOptions.builder().baseUrl(uri.toString().replaceFirst("^ws", "http")).build())
			.build();
		AsyncSession session = client.async.live.connect("gemini-live", LiveConnectConfig.builder().build()).get();
		session.receive((message) -> message.serverContent()
			.flatMap(LiveServerContent::outputTranscription)
			.flatMap(Transcription::text)
			.ifPresent(consumer));
		return new Link() {

			@Override
			public void send(String text) throws Exception {
				session.sendRealtimeInput(LiveSendRealtimeInputParameters.builder().text(text).build()).get();
			}

			@Override
			public void close() throws Exception {
				session.close().get();
			}

		};
	}

}
