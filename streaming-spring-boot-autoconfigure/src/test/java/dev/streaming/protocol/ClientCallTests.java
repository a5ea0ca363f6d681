package dev.streaming.protocol;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.streaming.MediaData;
import dev.streaming.ToolCall;
import dev.streaming.documentation.Documents;
import dev.streaming.protocol.ProviderServer.Greeting;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.ResponseOptions;
import dev.streaming.realtime.Role;
import dev.streaming.realtime.SessionChange;
import dev.streaming.realtime.ToolResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every call of the client, with every provider: it sends something, has an effect
 * without that, or throws an exception with advice.
 */
@Timeout(60)
class ClientCallTests {

	private static final String THROWS = "throws ";

	private static final String SENT = "sent ";

	/** They only tell something. */
	private static final Set<String> LOCAL = Set.of("of", "inputFormat", "outputFormat", "capabilities");

	/** Calls with an effect of their own where their feature is missing. */
	private static final Set<String> WITHOUT_THE_FEATURE = Set.of("GEMINI_LIVE cancel", "GEMINI_LIVE truncate",
			"OPENAI_REALTIME truncate");

	private static final MediaData IMAGE = new MediaData(new byte[] { 1, 2, 3 }, "image/png", 0, 0);

	private static final ToolCall CALL = new ToolCall("c1", "unknown", "{}");

	static List<Call> calls() {
		ResponseOptions options = ResponseOptions.builder().instructions("Be brief").build();
		ResponseOptions beside = ResponseOptions.builder().outOfBand().build();
		return List.of(new Call("ask", Set.of(Feature.TEXT_INPUT, Feature.RESPONSES), (client) -> client.ask("Hello")),
				new Call("ask(text, options)", Set.of(Feature.TEXT_INPUT, Feature.RESPONSES, Feature.RESPONSE_OPTIONS),
						(client) -> client.ask("Hello", options)),
				new Call("sendText", Set.of(Feature.TEXT_INPUT), (client) -> client.sendText("Hello")),
				new Call("sendText(text, ASSISTANT)", Set.of(Feature.TEXT_INPUT, Feature.ROLES),
						(client) -> client.sendText("Hello", Role.ASSISTANT)),
				new Call("sendText(text, SYSTEM)", Set.of(Feature.ROLES),
						(client) -> client.sendText("Hello", Role.SYSTEM)),
				new Call("sendImage", Set.of(Feature.IMAGES), (client) -> client.sendImage(IMAGE)),
				new Call("sendAudio", Set.of(), (client) -> client.sendAudio(new byte[480])),
				new Call("commitAudio", Set.of(Feature.COMMIT), RealtimeClient::commitAudio),
				new Call("clearAudio", Set.of(Feature.CLEAR), RealtimeClient::clearAudio),
				new Call("respond", Set.of(Feature.RESPONSES), RealtimeClient::respond),
				new Call("respond(options)", Set.of(Feature.RESPONSES, Feature.RESPONSE_OPTIONS),
						(client) -> client.respond(options)),
				new Call("respond(options) out of band",
						Set.of(Feature.RESPONSES, Feature.RESPONSE_OPTIONS, Feature.OUT_OF_BAND_RESPONSES),
						(client) -> client.respond(beside)),
				new Call("cancel", Set.of(Feature.CANCEL), RealtimeClient::cancel),
				new Call("truncate", Set.of(Feature.TRUNCATE), (client) -> client.truncate(Duration.ofMillis(1))),
				new Call("toolResult", Set.of(Feature.TOOLS), (client) -> client.toolResult(CALL, "{}")),
				new Call("toolResult with an image", Set.of(Feature.TOOLS, Feature.RESULT_IMAGES),
						(client) -> client.toolResult(CALL, new ToolResult("{}", List.of(IMAGE)))),
				new Call("update", Set.of(Feature.UPDATE), (client) -> client.update(SessionChange.builder().build())),
				new Call("approve", Set.of(Feature.APPROVAL), (client) -> client.approve("q1", true)));
	}

	private static List<String> outcome(Protocol protocol, Call call, Map<Feature, Boolean> corrections)
			throws InterruptedException {
		try (ProtocolSession session = new ProtocolSession(protocol, Wire.MEMORY, corrections)) {
			session.open(new Greeting(List.of(), List.of()));
			for (String message : messages(protocol, call)) {
				session.say(message);
			}
			if (call.name().equals("respond")) {
				// Gemini has nothing to answer otherwise; where there are no texts it
				// throws
				session.call((client, ignored) -> client.sendText("Hello"));
			}
			boolean changes = protocol == Protocol.GEMINI_LIVE && call.name().equals("update") && corrections.isEmpty();
			return (changes ? session.changing() : session).call((client, ignored) -> call.action().accept(client));
		}
	}

	// An answer that can be stopped, and a call that waits for its result
	private static List<String> messages(Protocol protocol, Call call) {
		boolean tool = call.name().startsWith("toolResult");
		if (!tool && !Set.of("cancel", "truncate").contains(call.name())) {
			return List.of();
		}
		String audio = Base64.getEncoder().encodeToString(new byte[480]);
		List<String> messages = switch (protocol) {
			case OPENAI_REALTIME, OPENAI_TRANSCRIPTION ->
				List.of("{'type':'response.created','response':{'id':'r1'}}", tool
						? "{'type':'response.output_item.done','response_id':'r1','item':{'id':'f1','type':'function_call',"
								+ "'status':'completed','call_id':'c1','name':'unknown','arguments':'{}'}}"
						: "{'type':'response.output_audio.delta','response_id':'r1','item_id':'m1','delta':'" + audio
								+ "'}");
			case OPENAI_LIVE -> List.of(tool
					? "{'type':'response.event','delegation_id':'d1','event':{'type':'response.output_item.done',"
							+ "'item':{'type':'function_call','id':'f1','status':'completed','call_id':'c1',"
							+ "'name':'unknown','arguments':'{}'}}}"
					: "{'type':'session.output_audio.delta','delta':'" + audio + "'}");
			case GEMINI_LIVE -> List.of(tool ? "{'toolCall':{'functionCalls':[{'id':'c1','name':'unknown','args':{}}]}}"
					: "{'serverContent':{'modelTurn':{'parts':[{'inlineData':{'mimeType':'audio/pcm','data':'" + audio
							+ "'}}]}}}");
		};
		return messages.stream().map((message) -> message.replace('\'', '"')).toList();
	}

	private static List<String> sent(List<String> outcome) {
		return outcome.stream()
			.filter((line) -> line.startsWith(SENT))
			.map((line) -> JsonMapper.shared().readTree(line.substring(SENT.length())))
			.map(ClientCallTests::name)
			.toList();
	}

	private static String name(JsonNode message) {
		if (message.has("type")) {
			return message.path("type").asString();
		}
		String first = message.propertyNames().iterator().next();
		return first.equals("realtimeInput") ? first + "." + message.path(first).propertyNames().iterator().next()
				: first;
	}

	private static List<String> thrown(List<String> outcome) {
		return outcome.stream().filter((line) -> line.startsWith(THROWS)).toList();
	}

	@Test
	void everyMethodIsCalled() {
		Set<String> named = calls().stream().map(Call::method).collect(Collectors.toSet());
		assertThat(Arrays.stream(RealtimeClient.class.getMethods()).map((method) -> method.getName()))
			.filteredOn((name) -> !LOCAL.contains(name))
			.allSatisfy((name) -> assertThat(named).contains(name));
	}

	@ParameterizedTest
	@MethodSource("calls")
	void callDoesSomethingOrThrowsWithAReason(Call call) throws Exception {
		for (Protocol protocol : Protocol.values()) {
			List<String> outcome = outcome(protocol, call, Map.of());
			if (thrown(outcome).isEmpty()) {
				boolean own = WITHOUT_THE_FEATURE.contains(protocol + " " + call.name());
				assertThat(sent(outcome)).as("%s", protocol)
					.matches((sent) -> !sent.isEmpty() || own, "something is sent");
			}
			else {
				assertThat(sent(outcome)).as("%s", protocol).isEmpty();
				assertThat(thrown(outcome)).as("%s", protocol)
					.singleElement()
					.asString()
					.matches("throws (A session that only|GPT-Live has no|The Live API|The (model|provider) of this).*"
							+ "[;:,] .{10,}");
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void callThrowsWithoutItsFeature(Protocol protocol) throws Exception {
		for (Call call : calls()) {
			for (Feature feature : call.features()) {
				boolean own = WITHOUT_THE_FEATURE.contains(protocol + " " + call.name());
				List<String> outcome = outcome(protocol, call, Map.of(feature, false));
				assertThat(sent(outcome)).as("%s without %s", call.name(), feature).isEmpty();
				assertThat(thrown(outcome)).as("%s without %s", call.name(), feature).hasSize(own ? 0 : 1);
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void tableOfMessagesNamesTheCallsThatSendThem(Protocol protocol) throws Exception {
		Map<String, String> table = new ClassPathResource(protocol.clientMessages())
			.getContentAsString(StandardCharsets.UTF_8)
			.lines()
			.filter((line) -> !line.startsWith("#"))
			.map((line) -> line.split("\t"))
			.collect(Collectors.toMap((row) -> row[0], (row) -> row[1]));
		for (Call call : calls()) {
			assertThat(sent(outcome(protocol, call, Map.of())))
				.allSatisfy((message) -> assertThat(table.get(message)).as("%s sends %s", call.name(), message)
					.contains("`" + call.method() + "`"));
		}
	}

	@ParameterizedTest
	@EnumSource
	void messagesAreValidByTheSdkOfTheProvider(Protocol protocol) throws Exception {
		for (Call call : calls()) {
			List<String> messages = outcome(protocol, call, Map.of()).stream()
				.filter((line) -> line.startsWith(SENT))
				.map((line) -> line.substring(SENT.length()))
				.toList();
			for (String message : messages) {
				protocol.validate(message);
			}
		}
	}

	@Test
	void documentationSaysWhatIsSent() throws Exception {
		List<String> lines = new ArrayList<>();
		lines.add("| call | " + Stream.of(Protocol.values())
			.map((each) -> "`" + each.provider() + "`")
			.collect(Collectors.joining(" | ")) + " |");
		lines.add("| --- |" + " --- |".repeat(Protocol.values().length));
		for (Call call : calls()) {
			StringBuilder row = new StringBuilder("| " + call.markdown() + " |");
			for (Protocol protocol : Protocol.values()) {
				List<String> outcome = outcome(protocol, call, Map.of());
				List<String> sent = sent(outcome);
				String cell = sent.isEmpty() ? (thrown(outcome).isEmpty() ? "nothing" : "–")
						: sent.stream().map((name) -> "`" + name + "`").collect(Collectors.joining(", "));
				row.append(' ').append(cell).append(" |");
			}
			lines.add(row.toString());
		}
		Documents.assertGenerated(Documents.ROOT.resolve("docs/providers.md"), "<!-- calls -->", lines);
	}

	/**
	 * A call of the client.
	 *
	 * @param name the name of the method, and its case
	 * @param features the features that it needs
	 * @param action the call
	 */
	record Call(String name, Set<Feature> features, Consumer<RealtimeClient> action) {

		String method() {
			return this.name.split("[( ]")[0];
		}

		// The code is all up to a space that is not in parentheses
		String markdown() {
			return this.name.replaceFirst("^([a-zA-Z]+(\\([^)]*\\))?)", "`$1`");
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
