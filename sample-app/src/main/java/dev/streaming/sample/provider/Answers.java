package dev.streaming.sample.provider;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * The answers of the embedded provider, which has no model.
 */
final class Answers {

	/** The one tool that is called, if it is offered. */
	static final String TOOL = "weather";

	private static final Pattern COUNT = Pattern.compile("\\bcount to ([1-9]\\d{0,2})\\b", Pattern.CASE_INSENSITIVE);

	private static final Pattern WEATHER = Pattern.compile("\\bweather in (\\p{L}+)", Pattern.CASE_INSENSITIVE);

	private static final int QUOTED = 120;

	private Answers() {
	}

	/**
	 * Answer the last thing that the user said. The one before tells whether the
	 * conversation outlived its connection.
	 * @param said what the user said so far, the last at the end
	 * @return the answer
	 */
	static String to(List<String> said) {
		String last = said.isEmpty() ? "" : said.get(said.size() - 1).strip();
		if (last.isEmpty()) {
			return "You have not said anything yet, so there is nothing to answer.";
		}
		Matcher count = COUNT.matcher(last);
		if (count.find()) {
			return IntStream.rangeClosed(1, Integer.parseInt(count.group(1)))
				.mapToObj(String::valueOf)
				.collect(Collectors.joining(" "));
		}
		String before = (said.size() > 1) ? "and before that " + quote(said.get(said.size() - 2))
				: "the first thing in this conversation";
		return "You said " + quote(last) + ", " + before + ". Backwards it reads "
				+ quote(new StringBuilder(last).reverse().toString()) + ".";
	}

	/**
	 * Return what to look up before the last thing that the user said is answered.
	 * @param said what the user said so far, the last at the end
	 * @return the arguments of {@link #TOOL}, or {@code null} if there is nothing
	 */
	static @Nullable Map<String, Object> lookUp(List<String> said) {
		Matcher weather = WEATHER.matcher(said.isEmpty() ? "" : said.get(said.size() - 1));
		return weather.find() ? Map.of("city", weather.group(1)) : null;
	}

	/**
	 * Answer with what was looked up.
	 * @param result the tool's result
	 * @return the answer
	 */
	static String with(String result) {
		return "I looked it up: " + result;
	}

	private static String quote(String text) {
		return "“" + ((text.length() > QUOTED) ? text.substring(0, QUOTED) + "…" : text) + "”";
	}

}
