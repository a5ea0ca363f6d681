package dev.streaming.autoconfigure;

import java.beans.PropertyDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.streaming.autoconfigure.gemini.GeminiLiveProperties;
import dev.streaming.autoconfigure.openai.OpenAiLiveProperties;
import dev.streaming.autoconfigure.openai.OpenAiRealtimeProperties;
import dev.streaming.autoconfigure.realtime.RealtimeProviderProperties;
import dev.streaming.gemini.GeminiLiveOptions;
import dev.streaming.openai.OpenAiLiveOptions;
import dev.streaming.openai.OpenAiRealtimeOptions;
import dev.streaming.openai.TurnDetection;
import dev.streaming.realtime.RealtimeOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The metadata of the built-in providers' settings agrees with the types that are bound,
 * with the options that they become, and with the documentation.
 */
class ProviderMetadataTests {

	private static final JsonNode METADATA = read("META-INF/spring-configuration-metadata.json");

	private static final Set<String> NOTHING = Set.of("–", "none", "all");

	@ParameterizedTest
	@EnumSource
	void everySettingIsThereWithItsType(Provider provider) {
		Map<String, String> expected = new TreeMap<>();
		provider.settings().forEach((name, setting) -> expected.put(name, typeName(setting.type())));
		Map<String, String> actual = new TreeMap<>();
		provider.metadata().forEach((name, property) -> actual.put(name, property.get("type").asString()));
		assertThat(actual).isEqualTo(expected);
	}

	@ParameterizedTest
	@EnumSource
	void defaultsAreThoseThatHold(Provider provider) {
		Map<String, String> expected = new TreeMap<>();
		provider.settings().forEach((name, setting) -> {
			if (setting.defaultValue() != null) {
				expected.put(name, setting.defaultValue());
			}
		});
		assertThat(provider.defaults()).isEqualTo(expected);
	}

	@ParameterizedTest
	@EnumSource
	void everyEnumIsHinted(Provider provider) {
		Map<String, Class<?>> enums = new TreeMap<>();
		provider.settings().forEach((name, setting) -> {
			Type type = (setting.type() instanceof ParameterizedType list) ? list.getActualTypeArguments()[0]
					: setting.type();
			if (type instanceof Class<?> candidate && candidate.isEnum()) {
				boolean keys = setting.type() instanceof ParameterizedType map && map.getRawType() == Map.class;
				enums.put(keys ? name + ".keys" : name, candidate);
			}
		});
		assertThat(enums).isNotEmpty();
		enums.forEach((name, type) -> assertThat(hinted(provider.prefix() + name)).as(name)
			.containsExactlyElementsOf(values(type)));
	}

	@Test
	void propertiesBecomeTheDefaultOptions() {
		assertThat(new OpenAiRealtimeProperties().toOptions()).isEqualTo(OpenAiRealtimeOptions.builder().build());
		assertThat(new GeminiLiveProperties().toOptions()).isEqualTo(GeminiLiveOptions.builder().build());
	}

	@Test
	void everySettingOfAConnectionIsFoundByTheValueTypeOfTheMap() throws ClassNotFoundException {
		String type = METADATA.get("properties")
			.valueStream()
			.filter((property) -> property.get("name").asString().equals("streaming.connections"))
			.map((property) -> property.get("type").asString())
			.collect(Collectors.joining());
		assertThat(type).startsWith("java.util.Map<java.lang.String,").endsWith(">");
		Class<?> value = Class.forName(type.substring(type.indexOf(',') + 1, type.length() - 1));
		List<String> names = METADATA.get("properties")
			.valueStream()
			.map((property) -> property.get("name").asString())
			.filter((name) -> name.startsWith("streaming.connections.*."))
			.toList();
		assertThat(names).contains("streaming.connections.*.openai.api-key", "streaming.connections.*.conn.url");
		assertThat(names).allSatisfy((name) -> {
			Class<?> bean = value;
			for (String element : name.substring("streaming.connections.*.".length()).split("\\.")) {
				PropertyDescriptor property = BeanUtils.getPropertyDescriptor(bean, camelCase(element));
				assertThat(property).as("%s of %s", element, bean).isNotNull();
				assertThat(property.getReadMethod()).isNotNull();
				bean = property.getPropertyType();
			}
		});
	}

	private static String camelCase(String name) {
		return Pattern.compile("-(.)").matcher(name).replaceAll((match) -> match.group(1).toUpperCase(Locale.ROOT));
	}

	@Test
	void shortFormIsHinted() {
		assertThat(hinted(Provider.OPENAI.prefix() + "turn-detection"))
			.containsExactlyElementsOf(values(TurnDetection.Type.class));
	}

	@Test
	void everyHintIsOfASettingThatIsThere() {
		Set<String> settings = new TreeSet<>();
		for (Provider provider : Provider.values()) {
			provider.metadata().keySet().forEach((name) -> settings.add(provider.prefix() + name));
		}
		METADATA.get("hints").forEach((hint) -> {
			String name = hint.get("name").asString();
			if (Arrays.stream(Provider.values()).anyMatch((provider) -> name.startsWith(provider.prefix()))) {
				assertThat(settings).contains(name.replaceFirst("\\.keys$", ""));
				hint.get("values")
					.forEach((value) -> assertThat(value.get("description").asString()).as(name).endsWith("."));
			}
		});
	}

	@ParameterizedTest
	@EnumSource
	void documentationAgrees(Provider provider) throws IOException {
		Map<String, String> defaults = provider.defaults();
		Set<String> documented = new TreeSet<>();
		for (String[] row : provider.documentation()) {
			Set<String> names = names(row[0]);
			documented.addAll(names);
			Set<String> shown = new TreeSet<>(List.of(row[1].replace("`", "").split(", ")));
			shown.removeAll(NOTHING);
			assertThat(shown).as("%s", names)
				.isEqualTo(names.stream()
					.filter(defaults::containsKey)
					.map(defaults::get)
					.collect(Collectors.toCollection(TreeSet::new)));
		}
		assertThat(documented).isEqualTo(provider.metadata().keySet());
	}

	// `.b` behind `a.c` is `a.b`
	private static Set<String> names(String cell) {
		Set<String> names = new LinkedHashSet<>();
		String parent = "";
		Matcher quoted = Pattern.compile("`([^`]+)`").matcher(cell);
		while (quoted.find()) {
			String name = quoted.group(1).replace(".*", "");
			if (name.startsWith(".")) {
				name = parent + name;
			}
			parent = name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : "";
			names.add(name);
		}
		return names;
	}

	private static String typeName(Type type) {
		if (type instanceof Class<?> simple) {
			return ClassUtils.resolvePrimitiveIfNecessary(simple).getName();
		}
		return type.getTypeName().replace(", ", ",");
	}

	private static List<String> values(Class<?> type) {
		return Arrays.stream(type.getEnumConstants()).map(ProviderMetadataTests::shown).toList();
	}

	private static String shown(Object value) {
		return (value instanceof Enum<?>) ? value.toString().toLowerCase(Locale.ROOT).replace('_', '-')
				: String.valueOf(value);
	}

	private static List<String> hinted(String name) {
		return METADATA.get("hints")
			.valueStream()
			.filter((hint) -> hint.get("name").asString().equals(name))
			.flatMap((hint) -> hint.get("values").valueStream())
			.map((value) -> value.get("value").asString())
			.toList();
	}

	private static JsonNode read(String resource) {
		try (InputStream in = StreamingProperties.class.getClassLoader().getResourceAsStream(resource)) {
			return JsonMapper.shared().readTree(in);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private record Setting(Type type, @Nullable String defaultValue) {

	}

	private enum Provider {

		OPENAI("openai", new OpenAiRealtimeProperties(), OpenAiRealtimeOptions.builder().build(), "openai-realtime.md"),

		/** GPT-Live, with the settings that it does not share with OpenAI Realtime. */
		OPENAI_LIVE("openai", new OpenAiLiveProperties(), OpenAiLiveOptions.builder().build(), "openai-live.md"),

		GEMINI("gemini", new GeminiLiveProperties(), GeminiLiveOptions.builder().build(), "gemini-live.md");

		private static final String LIVE_ONLY = "delegation.";

		private final String group;

		private final RealtimeProviderProperties properties;

		private final RealtimeOptions options;

		private final String page;

		Provider(String group, RealtimeProviderProperties properties, RealtimeOptions options, String page) {
			this.group = group;
			this.properties = properties;
			this.options = options;
			this.page = page;
		}

		String prefix() {
			return "streaming.connections.*." + this.group + ".";
		}

		private boolean owns(String name) {
			return name.startsWith(LIVE_ONLY) == (this == OPENAI_LIVE);
		}

		Map<String, JsonNode> metadata() {
			Map<String, JsonNode> properties = new TreeMap<>();
			METADATA.get("properties").forEach((property) -> {
				String name = property.get("name").asString();
				if (name.startsWith(prefix()) && owns(name.substring(prefix().length()))) {
					properties.put(name.substring(prefix().length()), property);
				}
			});
			return properties;
		}

		Map<String, String> defaults() {
			Map<String, String> defaults = new TreeMap<>();
			metadata().forEach((name, property) -> {
				if (property.has("defaultValue")) {
					defaults.put(name, property.get("defaultValue").asString());
				}
			});
			return defaults;
		}

		Map<String, Setting> settings() {
			Map<String, Setting> settings = new TreeMap<>();
			collect("", this.properties.getClass(), this.properties, settings);
			settings.put("model", new Setting(String.class, this.options.model()));
			settings.keySet().removeIf((name) -> !owns(name));
			return settings;
		}

		private static void collect(String prefix, Class<?> type, @Nullable Object instance,
				Map<String, Setting> settings) {
			for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
				Method getter = property.getReadMethod();
				if (property.getName().equals("class")) {
					continue;
				}
				String name = prefix + DataObjectPropertyName.toDashedForm(property.getName());
				Object value = (instance != null) ? ReflectionUtils.invokeMethod(getter, instance) : null;
				if (property.getPropertyType().getEnclosingClass() == properties(type)) {
					collect(name + ".", property.getPropertyType(), value, settings);
					if (ReflectionUtils.findMethod(property.getPropertyType(), "of", String.class) != null) {
						settings.put(name, new Setting(String.class, null));
					}
				}
				else {
					settings.put(name, new Setting(getter.getGenericReturnType(), defaultValue(value)));
				}
			}
		}

		private static Class<?> properties(Class<?> type) {
			return (type.getEnclosingClass() != null) ? type.getEnclosingClass() : type;
		}

		private static @Nullable String defaultValue(@Nullable Object value) {
			if (value instanceof Map<?, ?> map) {
				assertThat(map).isEmpty();
				return null;
			}
			if (value instanceof Collection<?> items) {
				return items.isEmpty() ? null
						: items.stream().map(ProviderMetadataTests::shown).collect(Collectors.joining(","));
			}
			return (value != null) ? shown(value) : null;
		}

		List<String[]> documentation() throws IOException {
			String text = Files.readString(Path.of("..", "docs", "providers", this.page));
			int section = text.indexOf("\n## Settings\n");
			assertThat(section).isPositive();
			int table = text.indexOf("| setting | default | |", section);
			return text.substring(table)
				.lines()
				.skip(2)
				.takeWhile((line) -> line.startsWith("|"))
				.map((line) -> Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toArray(String[]::new))
				.filter((row) -> this != OPENAI_LIVE || row[0].startsWith("`" + LIVE_ONLY))
				.toList();
		}

	}

}
