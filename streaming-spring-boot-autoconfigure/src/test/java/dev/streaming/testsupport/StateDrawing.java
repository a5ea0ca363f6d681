package dev.streaming.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A drawing of states on the page of a provider, and the transitions of the code.
 *
 * @param states the states, as drawn
 * @param edges the transitions, as {@code from --> to: event}
 */
public record StateDrawing(Set<String> states, Set<String> edges) {

	/** The beginning or the end in a drawing. */
	public static final String OUTSIDE = "[*]";

	private static final Path DOCS = Path.of("..", "docs", "providers");

	private static final Pattern EDGE = Pattern.compile("\\s*(\\S+) --> (\\S+?)(?:: (.*))?");

	/**
	 * Read a drawing.
	 * @param name its name, in a comment before it, which begins with the provider
	 * @return the drawing
	 * @throws IOException if the documentation cannot be read
	 */
	public static StateDrawing read(String name) throws IOException {
		List<String> lines = Files
			.readAllLines(DOCS.resolve(name.startsWith("gemini ") ? "gemini-live.md" : "openai-realtime.md"));
		int at = lines.indexOf("<!-- states " + name + " -->");
		if (at < 0) {
			throw new AssertionError("There is no drawing of " + name);
		}
		Set<String> states = new TreeSet<>();
		Set<String> edges = new TreeSet<>();
		for (String line : lines.subList(at + 3, lines.size())) {
			if (line.startsWith("```")) {
				break;
			}
			Matcher edge = EDGE.matcher(line);
			if (edge.matches()) {
				states.add(edge.group(1));
				states.add(edge.group(2));
				Arrays.stream(Objects.toString(edge.group(3), "").split(", "))
					.filter((event) -> !event.isEmpty())
					.forEach((event) -> edges.add(edge.group(1) + " --> " + edge.group(2) + ": " + event));
			}
		}
		states.remove(OUTSIDE);
		return new StateDrawing(states, edges);
	}

	/**
	 * Return the names of states as they are drawn.
	 * @param type the states
	 * @return the names
	 */
	public static Set<String> names(Class<? extends Enum<?>> type) {
		Set<String> names = new TreeSet<>();
		Arrays.stream(type.getEnumConstants()).map(StateDrawing::name).forEach(names::add);
		return names;
	}

	/**
	 * Return the name of a state as it is drawn.
	 * @param state the state
	 * @return its name
	 */
	public static String name(Enum<?> state) {
		return state.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Find the transitions of an object by all sequences of events of a length.
	 * @param begin makes the object
	 * @param state returns its state
	 * @param events the events by their names
	 * @param length the length
	 * @param <T> the type of the object
	 * @return the transitions
	 */
	public static <T> Set<String> explore(Supplier<T> begin, Function<T, String> state, Map<String, Consumer<T>> events,
			int length) {
		Set<String> edges = new TreeSet<>();
		List<List<String>> paths = List.of(List.of());
		for (int i = 0; i < length; i++) {
			List<List<String>> longer = new ArrayList<>();
			for (List<String> path : paths) {
				for (Map.Entry<String, Consumer<T>> event : events.entrySet()) {
					T object = begin.get();
					path.forEach((before) -> Objects.requireNonNull(events.get(before)).accept(object));
					String from = state.apply(object);
					event.getValue().accept(object);
					String to = state.apply(object);
					if (!from.equals(to)) {
						edges.add(from + " --> " + to + ": " + event.getKey());
					}
					List<String> next = new ArrayList<>(path);
					next.add(event.getKey());
					longer.add(next);
				}
			}
			paths = longer;
		}
		return edges;
	}

}
