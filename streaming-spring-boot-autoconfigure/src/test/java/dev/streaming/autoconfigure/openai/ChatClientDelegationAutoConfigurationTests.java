package dev.streaming.autoconfigure.openai;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;
import dev.streaming.openai.DelegationHandler;
import dev.streaming.openai.springai.ChatClientDelegation;
import dev.streaming.testsupport.AcceptedSetup;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ChatClientDelegationAutoConfiguration}.
 */
@Timeout(30)
class ChatClientDelegationAutoConfigurationTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final String PREFIX = "streaming.connections.assistant.";

	private final BlockingQueue<Prompt> prompts = new LinkedBlockingQueue<>();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ChatClientDelegationAutoConfiguration.class, StreamingAutoConfiguration.class,
						RealtimeToolsAutoConfiguration.class, OpenAiRealtimeAutoConfiguration.class))
		.withBean(InMemoryTransport.class, AcceptedSetup::transport)
		.withPropertyValues(PREFIX + "provider=openai-live", PREFIX + "openai.api-key=sk-s3cret");

	private final ApplicationContextRunner withClient = this.runner.withBean(ChatClient.class, this::client);

	private ChatClient client() {
		ChatModel model = (prompt) -> {
			this.prompts.add(prompt);
			return new ChatResponse(List.of(new Generation(new AssistantMessage("Two books are due."))));
		};
		return ChatClient.builder(model).defaultSystem("You know the library").build();
	}

	@Test
	void chatClientDoesTheWork() {
		this.withClient.run((context) -> {
			InMemoryTransport transport = context.getBean(InMemoryTransport.class);
			try (Session session = context.getBean(SessionFactory.class).open("assistant")) {
				assertThat(session.isClosed()).isFalse();
				assertThat(sent(transport, 0).at("/session/delegation/type").asString()).isEqualTo("client");
				transport.peer()
					.text("{\"type\":\"session.input_transcript.delta\",\"delta\":\"Which books are due?\","
							+ "\"start_ms\":0,\"end_ms\":700}");
				transport.peer()
					.text("{\"type\":\"session.delegation.created\",\"offset_ms\":700,"
							+ "\"delegation\":{\"id\":\"d1\",\"type\":\"delegation\",\"target\":\"client\"}}");
				Prompt prompt = this.prompts.poll(10, TimeUnit.SECONDS);
				assertThat(prompt).isNotNull();
				assertThat(prompt.getInstructions()).extracting(Message::getText)
					.containsExactly("You know the library", "Which books are due?");
				TestRuntime.eventually(() -> assertThat(transport.peer().received()).hasSize(2));
				assertThat(sent(transport, 1)).isEqualTo(JSON.readTree("{\"type\":\"session.commentary.append\","
						+ "\"delegation_id\":\"d1\",\"content\":\"Two books are due.\"}"));
			}
		});
	}

	private static JsonNode sent(InMemoryTransport transport, int message) {
		return JSON.readTree(transport.peer().texts().get(message));
	}

	@Test
	void handlerOfTheApplicationIsTaken() {
		DelegationHandler own = (delegation) -> delegation.say("Done");
		this.withClient.withBean("own", DelegationHandler.class, () -> own)
			.run((context) -> assertThat(context).getBean(DelegationHandler.class).isSameAs(own));
	}

	@Test
	void modelAtTheProviderIsTaken() {
		this.withClient.withPropertyValues(PREFIX + "openai.delegation.model=gpt-work").run((context) -> {
			context.getBean(SessionFactory.class).open("assistant").close();
			JsonNode start = sent(context.getBean(InMemoryTransport.class), 0);
			assertThat(start.at("/session/delegation/type").asString()).isEqualTo("responses");
		});
	}

	@Test
	void nothingIsDelegatedWithoutAClient() {
		this.runner.run((context) -> {
			assertThat(context).doesNotHaveBean(DelegationHandler.class);
			context.getBean(SessionFactory.class).open("assistant").close();
			assertThat(sent(context.getBean(InMemoryTransport.class), 0).path("session").has("delegation")).isFalse();
		});
	}

	@Test
	void nothingIsDelegatedToOneOfSeveralClients() {
		this.withClient.withBean("other", ChatClient.class, this::client)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DelegationHandler.class));
	}

	@Test
	void applicationStartsWithoutSpringAi() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.ai"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DelegationHandler.class));
	}

	@Test
	void thereIsNoHandlerWhenStreamingIsOff() {
		this.withClient.withPropertyValues("streaming.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ChatClientDelegation.class));
	}

}
