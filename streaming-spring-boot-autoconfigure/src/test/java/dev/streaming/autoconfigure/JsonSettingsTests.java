package dev.streaming.autoconfigure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.support.SpringApplicationJsonEnvironmentPostProcessor;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertiesPropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link JsonSettings} and {@link JsonFields}: one JSON from all kinds of
 * property sources.
 */
class JsonSettingsTests {

	private static final JsonFields FIELDS = JsonFields.of("""
			text: title, audio.voice, tools[].type, tools[].headers.*, stop[], schema.**.description
			secret: tools[].key
			scalar: parallel_calls, audio.rate
			nullable: audio.turn_detection
			list: tools, stop
			object: audio, tools[].googleSearch, schema.**.properties
			""");

	private static final String PREFIX = "streaming.connections.my-bot.test.session";

	private final StandardEnvironment environment = new StandardEnvironment();

	private final MutablePropertySources sources = this.environment.getPropertySources();

	JsonSettingsTests() {
		this.sources.forEach((source) -> this.sources.remove(source.getName()));
	}

	@Test
	void yamlArrivesAsItIsMeant() {
		yaml("""
				title: Hello
				parallel_calls: false
				quoted: "false"
				number: 42
				rate: 0.25
				numberAsText: '42'
				audio:
				  voice: "1"
				  rate: 24000
				tools:
				  - type: mcp
				    headers: { X-Id: "7" }
				    allowed: [ one, two ]
				  - googleSearch: '{}'
				""");
		assertJson("""
				{"title":"Hello","parallel_calls":false,"quoted":"false","number":42,"rate":0.25,"numberAsText":"42",
				"audio":{"voice":"1","rate":24000},
				"tools":[{"type":"mcp","headers":{"X-Id":"7"},"allowed":["one","two"]},{"googleSearch":{}}]}""");
	}

	@Test
	void emptyValueOfYamlIsConvertedByTheKindOfTheField() {
		yaml("""
				title: ''
				audio: { turn_detection: null, voice: "" }
				tools: []
				""");
		assertJson("""
				{"title":"","audio":{"turn_detection":null,"voice":""},"tools":[]}""");
	}

	/**
	 * Before Spring Boot 4.1 the loader drops an empty map without a trace.
	 */
	@Test
	void emptyMapOfYamlIsAnEmptyObject() {
		yaml("""
				tools: [ { googleSearch: {} } ]
				schema: { properties: {}, items: { properties: {} } }
				""");
		assertJson(keepsEmptyMaps() ? """
				{"tools":[{"googleSearch":{}}],"schema":{"properties":{},"items":{"properties":{}}}}""" : "{}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "other: []", "other: null", "other: ''", "other:", "parallel_calls:", "deep: { er: [] }" })
	void emptyValueOfAnotherFieldIsRefused(String yaml) {
		yaml(yaml);
		assertThatExceptionOfType(StreamingConfigurationException.class).isThrownBy(this::read)
			.satisfies((ex) -> assertThat(ex.getProperty())
				.isEqualTo(PREFIX + "." + yaml.replaceFirst(":.*", "").replace("deep", "deep.er")))
			.withMessageContaining("It is empty")
			.withMessageContaining("Write it as JSON, in quotes: '{}', '[]' or 'null', or '\"\"' for an empty string.");
	}

	@Test
	void emptyMapOfAnotherFieldIsRefused() {
		yaml("other: {}");
		if (keepsEmptyMaps()) {
			assertThatExceptionOfType(StreamingConfigurationException.class).isThrownBy(this::read)
				.withMessageContaining("It is empty");
		}
		else {
			assertThat(read()).isEmpty();
		}
	}

	@Test
	void textThatIsJsonIsThatJson() {
		yaml("""
				a: '{}'
				b: '[]'
				c: 'null'
				d: '[1, "two", {"three": 3}]'
				e: '{"deep": {"er": null}}'
				f: '""'
				g: '[not json'
				h: '{also} not'
				""");
		assertJson("""
				{"a":{},"b":[],"c":null,"d":[1,"two",{"three":3}],"e":{"deep":{"er":null}},"f":"","g":"[not json",
				"h":"{also} not"}""");
	}

	@Test
	void textOfAKnownTextFieldStaysAText() {
		commandLine("title=[]", "audio.voice=42", "tools[0].type=true", "tools[0].headers.X-Id=7", "stop[0]=null",
				"schema.properties.x.description=1");
		assertJson("""
				{"title":"[]","audio":{"voice":"42"},"tools":[{"type":"true","headers":{"X-Id":"7"}}],"stop":["null"],
				"schema":{"properties":{"x":{"description":"1"}}}}""");
	}

	@Test
	void textOfASourceWithoutTypesIsTheNumberOrBooleanThatItIs() {
		Map<String, String> texts = Map.of("a", "true", "b", "-1.5e3", "c", "007", "d", "1 2", "e", "\"5\"");
		String expected = """
				{"a":true,"b":-1500.0,"c":"007","d":"1 2","e":"5"}""";
		commandLine(texts.entrySet()
			.stream()
			.map((entry) -> entry.getKey() + "=" + entry.getValue())
			.toArray(String[]::new));
		assertJson(expected);
		clear();
		Properties system = new Properties();
		texts.forEach((name, text) -> system.setProperty(PREFIX + "." + name, text));
		this.sources.addFirst(new PropertiesPropertySource("systemProperties", system));
		assertJson(expected);
		clear();
		Map<String, Object> test = new HashMap<>();
		texts.forEach((name, text) -> test.put(PREFIX + "." + name, text));
		this.sources.addFirst(new MapPropertySource("test", test));
		assertJson(expected);
		clear();
		StringBuilder file = new StringBuilder();
		texts.forEach(
				(name, text) -> file.append(PREFIX).append('.').append(name).append('=').append(text).append('\n'));
		load(new PropertiesPropertySourceLoader(), "application.properties", file.toString());
		assertJson(expected);
		clear();
		Map<String, Object> variables = new HashMap<>();
		texts.forEach((name, text) -> variables.put("STREAMING_CONNECTIONS_MYBOT_TEST_SESSION_" + name, text));
		environmentVariables(variables);
		assertJson(expected);
	}

	@Test
	void textOfYamlStaysATextAlsoWhereThereIsNothingElse() {
		yaml("""
				a: "5"
				b: 'true'
				""");
		assertJson("""
				{"a":"5","b":"true"}""");
	}

	@Test
	void sourceOfJavaKeepsItsTypes() {
		this.sources.addFirst(new MapPropertySource("defaultProperties",
				Map.of(PREFIX + ".text", "5", PREFIX + ".number", 5, PREFIX + ".list", List.of(Map.of("a", 1)))));
		assertJson("""
				{"text":"5","number":5,"list":[{"a":1}]}""");
	}

	@Test
	void jsonOfTheEnvironmentKeepsItsTypes() {
		this.sources.addFirst(new MapPropertySource("test", Map.of("spring.application.json",
				"{\"" + PREFIX + "\":{\"text\":\"5\",\"number\":5,\"tools\":[{\"type\":\"mcp\"}]}}")));
		new SpringApplicationJsonEnvironmentPostProcessor().postProcessEnvironment(this.environment,
				new SpringApplication());
		assertJson("""
				{"text":"5","number":5,"tools":[{"type":"mcp"}]}""");
	}

	@Test
	void placeholderHasNoTypeOfItsOwn() {
		yaml("""
				number: ${NUMBER}
				known: { title: "${NUMBER}" }
				text: "no ${NUMBER}"
				title: ${NUMBER}
				""");
		this.sources.addLast(new MapPropertySource("other", Map.of("NUMBER", "5")));
		assertJson("""
				{"number":5,"known":{"title":5},"text":"no 5","title":"5"}""");
	}

	@Test
	void unresolvedPlaceholderIsRefused() {
		yaml("other: s3cret ${NO_SUCH}");
		assertThatExceptionOfType(StreamingConfigurationException.class).isThrownBy(this::read)
			.withMessageContaining("'" + PREFIX + ".other'")
			.withMessageContaining("${NO_SUCH}")
			.withMessageNotContaining("s3cret");
		clear();
		yaml("title: Dear ${NAME}");
		assertJson("""
				{"title":"Dear ${NAME}"}""");
	}

	@Test
	void secretMustBeGiven() {
		commandLine("tools[0].key=123");
		assertJson("""
				{"tools":[{"key":"123"}]}""");
		clear();
		commandLine("tools[0].key=");
		assertThatExceptionOfType(StreamingConfigurationException.class).isThrownBy(this::read)
			.withMessageContaining("'" + PREFIX + ".tools[0].key'")
			.withMessageContaining("empty");
	}

	@Test
	void environmentVariablesNameFieldsWithoutCaseAndSeparators() {
		yaml("generationConfig: { topP: 1, stopWords: [ a ] }");
		environmentVariables(Map.of("STREAMING_CONNECTIONS_MY_BOT_TEST_SESSION_PARALLEL_CALLS", "false",
				"STREAMING_CONNECTIONS_MYBOT_TEST_SESSION_AUDIO_TURNDETECTION", "",
				"STREAMING_CONNECTIONS_MYBOT_TEST_SESSION_GENERATIONCONFIG_TOP_P", "0.5",
				"STREAMING_CONNECTIONS_MYBOT_TEST_SESSION_TOOLS_0_GOOGLESEARCH", "{}",
				"STREAMING_CONNECTIONS_MYBOT_TEST_SESSION_NEW_FIELD", "1"));
		assertJson("""
				{"parallel_calls":false,"audio":{"turn_detection":null},"tools":[{"googleSearch":{}}],
				"generationConfig":{"topP":0.5,"stopWords":["a"]},"new":{"field":1}}""");
	}

	@Test
	void wholeObjectMayBeOneText() {
		environmentVariables(Map.of("STREAMING_CONNECTIONS_MYBOT_TEST_SESSION", """
				{"tools":[{"type":"mcp"}],"title":"5"}"""));
		assertJson("""
				{"tools":[{"type":"mcp"}],"title":"5"}""");
		clear();
		environmentVariables(Map.of("STREAMING_CONNECTIONS_MYBOT_TEST_SESSION", ""));
		assertJson("{}");
		clear();
		environmentVariables(Map.of("STREAMING_CONNECTIONS_MYBOT_TEST_SESSION", "[1]"));
		assertThatExceptionOfType(StreamingConfigurationException.class).isThrownBy(this::read)
			.withMessageContaining("'" + PREFIX + "'")
			.withMessageContaining("It must be a JSON object.");
	}

	@Test
	void sourcesAreMerged() {
		yaml("""
				a: { one: 1, two: 2 }
				list: [ 1, 2, 3 ]
				gone: { x: 1 }
				""");
		commandLine("a.two=3", "a.three=4", "list[0]=9", "gone=null");
		assertJson("""
				{"a":{"one":1,"two":3,"three":4},"list":[9],"gone":null}""");
	}

	@Test
	void knownFieldIsFoundHoweverItIsSpelled() {
		yaml("""
				parallel-calls: true
				audio: { turnDetection: { type: x } }
				""");
		assertJson("""
				{"parallel_calls":true,"audio":{"turn_detection":{"type":"x"}}}""");
	}

	@Test
	void textOfAKnownListIsItsItems() {
		commandLine("stop=one, two");
		assertJson("""
				{"stop":["one","two"]}""");
	}

	@Test
	void listWithGapsIsRefused() {
		commandLine("tools[1].type=mcp");
		assertThatExceptionOfType(StreamingConfigurationException.class).isThrownBy(this::read)
			.withMessageContaining("'" + PREFIX + ".tools'")
			.withMessageContaining("not numbered from 0 without gaps");
		clear();
		commandLine("biases[50256]=-100");
		assertJson("""
				{"biases":{"50256":-100}}""");
	}

	@Test
	void nothingIsAnEmptyObject() {
		commandLine("x=1");
		assertThat(new JsonSettings(this.environment, "streaming.connections.other.test.session", FIELDS).read())
			.isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "no kind", "colour: red" })
	void tableOfFieldsIsChecked(String table) {
		assertThatIllegalArgumentException().isThrownBy(() -> JsonFields.of(table));
	}

	private void assertJson(String expected) {
		JsonMapper mapper = JsonMapper.builder().build();
		JsonNode actual = mapper.valueToTree(read());
		assertThat(actual).isEqualTo(mapper.readTree(expected));
	}

	private Map<String, Object> read() {
		return new JsonSettings(this.environment, PREFIX, FIELDS).read();
	}

	private void clear() {
		new ArrayList<>(this.sources.stream().toList()).forEach((source) -> this.sources.remove(source.getName()));
	}

	private void yaml(String session) {
		load(new YamlPropertySourceLoader(), "application.yaml",
				"streaming.connections.my-bot.test.session:\n" + session.indent(2));
	}

	private void load(PropertySourceLoader loader, String name, String text) {
		try {
			loader.load(name, new ByteArrayResource(text.getBytes()) {

				@Override
				public String getFilename() {
					return name;
				}

			}).forEach(this.sources::addLast);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void commandLine(String... settings) {
		String[] arguments = Arrays.stream(settings)
			.map((setting) -> "--" + PREFIX + "." + setting)
			.toArray(String[]::new);
		this.sources.addFirst(new SimpleCommandLinePropertySource(
				CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME, arguments));
	}

	private void environmentVariables(Map<String, Object> variables) {
		this.sources.addFirst(new SystemEnvironmentPropertySource(
				StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
	}

	private static boolean keepsEmptyMaps() {
		return !SpringBootVersion.getVersion().startsWith("4.0.");
	}

}
