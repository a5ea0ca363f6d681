package dev.streaming.protocol;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import com.google.genai.types.LiveClientMessage;
import com.openai.core.ObjectMappers;
import com.openai.models.live.ClientEvent;
import com.openai.models.realtime.RealtimeClientEvent;
import dev.streaming.ConnConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.gemini.GeminiLiveHandler;
import dev.streaming.gemini.GeminiLiveOptions;
import dev.streaming.openai.LiveDelegation;
import dev.streaming.openai.OpenAiLiveHandler;
import dev.streaming.openai.OpenAiLiveOptions;
import dev.streaming.openai.OpenAiRealtimeHandler;
import dev.streaming.openai.OpenAiRealtimeOptions;
import dev.streaming.openai.OpenAiTranscription;
import dev.streaming.protocol.ProviderServer.Greeting;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ToolApproval;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A provider's protocol: its handler, its first words, and a message that changes nothing
 * but can be recognized.
 */
enum Protocol {

	OPENAI_REALTIME("openai-realtime") {

		@Override
		ConnConfig.Builder conn(String url) {
			return OPENAI.connConfig(ConnConfig.builder(url));
		}

		@Override
		SessionHandler handler(List<RealtimeTool> tools, Executor executor, Consumer<SessionContext> contexts,
				Map<Feature, Boolean> corrections) {
			return openAi(OPENAI.toBuilder(), tools, executor, contexts, corrections);
		}

		@Override
		Greeting greeting() {
			return openAiGreeting("realtime");
		}

	},

	OPENAI_TRANSCRIPTION("openai-transcription") {

		@Override
		ConnConfig.Builder conn(String url) {
			return OpenAiTranscription.connConfig(OpenAiTranscription.options(OPENAI), ConnConfig.builder(url));
		}

		@Override
		SessionHandler handler(List<RealtimeTool> tools, Executor executor, Consumer<SessionContext> contexts,
				Map<Feature, Boolean> corrections) {
			return openAi(OpenAiTranscription.options(OPENAI).toBuilder(), tools, executor, contexts, corrections);
		}

		@Override
		Greeting greeting() {
			return openAiGreeting("transcription");
		}

	},

	OPENAI_LIVE("openai-live") {

		private static OpenAiLiveOptions.Builder options() {
			return OpenAiLiveOptions.builder().apiKey(KEY).delegation(LiveDelegation.responses("gpt-work"));
		}

		@Override
		ConnConfig.Builder conn(String url) {
			return options().build().connConfig(ConnConfig.builder(url));
		}

		@Override
		SessionHandler handler(List<RealtimeTool> tools, Executor executor, Consumer<SessionContext> contexts,
				Map<Feature, Boolean> corrections) {
			OpenAiLiveOptions.Builder corrected = options();
			corrections.forEach(corrected::capability);
			return new OpenAiLiveHandler(corrected.build(), tools, executor, APPROVAL, null) {

				@Override
				public void opened(SessionContext context) {
					contexts.accept(context);
				}

			};
		}

		@Override
		Greeting greeting() {
			return new Greeting(List.of(),
					List.of("{\"type\":\"session.started\",\"session\":{\"id\":\"live_1\",\"model\":\"gpt-live-1\"}}"));
		}

		@Override
		String clientMessages() {
			return "openai/live-client-events.tsv";
		}

		@Override
		void validate(String message) throws Exception {
			ObjectMappers.jsonMapper().readValue(message, ClientEvent.class).validate();
		}

		@Override
		String marker(int number) {
			return "{\"type\":\"info\",\"code\":\"" + MARKER + number + ".\",\"message\":\"\"}";
		}

	},

	GEMINI_LIVE("gemini-live") {

		private final GeminiLiveOptions options = GeminiLiveOptions.builder().apiKey(KEY).build();

		@Override
		ConnConfig.Builder conn(String url) {
			return this.options.connConfig(ConnConfig.builder(url));
		}

		@Override
		SessionHandler handler(List<RealtimeTool> tools, Executor executor, Consumer<SessionContext> contexts,
				Map<Feature, Boolean> corrections) {
			GeminiLiveOptions.Builder corrected = this.options.toBuilder();
			corrections.forEach(corrected::capability);
			return new GeminiLiveHandler(corrected.build(), tools, executor, APPROVAL) {

				@Override
				public void opened(SessionContext context) {
					contexts.accept(context);
				}

			};
		}

		@Override
		Greeting greeting() {
			return new Greeting(List.of(), List.of("{\"setupComplete\":{}}"));
		}

		@Override
		boolean isBinary() {
			// As the service does
			return true;
		}

		@Override
		String clientMessages() {
			return "gemini/live-client-messages.tsv";
		}

		@Override
		void validate(String message) {
			LiveClientMessage read = LiveClientMessage.fromJson(message);
			// It passes over what it does not know
			assertThat(JsonMapper.shared().readTree(read.toJson())).isEqualTo(JsonMapper.shared().readTree(message));
		}

		@Override
		String marker(int number) {
			return "{\"serverContent\":{\"interactionStatus\":\"" + MARKER + number + ".\"}}";
		}

	};

	private static final String KEY = "test-secret";

	/** Money is not spent. */
	private static final ToolApproval APPROVAL = (call, context) -> !call.name().equals("pay");

	private static final String MARKER = "marker-";

	private static final OpenAiRealtimeOptions OPENAI = OpenAiRealtimeOptions.builder().apiKey(KEY).build();

	private final String provider;

	Protocol(String provider) {
		this.provider = provider;
	}

	/**
	 * Return the name of the provider.
	 * @return the value of the setting {@code provider}
	 */
	String provider() {
		return this.provider;
	}

	abstract ConnConfig.Builder conn(String url);

	/**
	 * Create the handler of a session.
	 * @param tools the tools of the session
	 * @param executor calls them
	 * @param contexts takes the context of the session, once it is open
	 * @param corrections of the capabilities of its model
	 * @return the handler
	 */
	abstract SessionHandler handler(List<RealtimeTool> tools, Executor executor, Consumer<SessionContext> contexts,
			Map<Feature, Boolean> corrections);

	/**
	 * Return the words that every client needs to get started.
	 * @return the words
	 */
	abstract Greeting greeting();

	boolean isBinary() {
		return false;
	}

	/**
	 * Return a message that changes nothing and becomes a chunk.
	 * @param number tells it from others
	 * @return the message
	 */
	String marker(int number) {
		return "{\"type\":\"conversation.item.retrieved\",\"item\":{\"id\":\"" + MARKER + number + ".\"}}";
	}

	/**
	 * Return the table of the messages of a client.
	 * @return the resource
	 */
	String clientMessages() {
		return "openai/client-events.tsv";
	}

	/**
	 * Hold a message against the provider's SDK.
	 * @param message a message of a client
	 */
	void validate(String message) throws Exception {
		ObjectMappers.jsonMapper().readValue(message, RealtimeClientEvent.class).validate();
	}

	static boolean isMarker(StreamChunk chunk, int number) {
		return chunk.metadata().values().stream().anyMatch((value) -> value.toString().contains(MARKER + number + "."));
	}

	private static SessionHandler openAi(OpenAiRealtimeOptions.Builder options, List<RealtimeTool> tools,
			Executor executor, Consumer<SessionContext> contexts, Map<Feature, Boolean> corrections) {
		corrections.forEach(options::capability);
		return new OpenAiRealtimeHandler(options.build(), tools, executor, APPROVAL) {

			@Override
			public void opened(SessionContext context) {
				contexts.accept(context);
			}

		};
	}

	private static Greeting openAiGreeting(String type) {
		return new Greeting(List.of("{\"type\":\"session.created\",\"session\":{\"type\":\"" + type + "\"}}"),
				List.of("{\"type\":\"session.updated\",\"session\":{\"type\":\"" + type + "\"}}"));
	}

}
