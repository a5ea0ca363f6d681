package dev.streaming.sample.provider;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * Answers of the embedded provider, which has no model.
 */
final class Answers {

	/** The only tool that is called, if it is offered. */
	static final String TOOL = "weather";

	private static final Pattern COUNT = Pattern.compile("\\bcount to ([1-9]\\d{0,2})\\b", Pattern.CASE_INSENSITIVE);

	private static final Pattern WEATHER = Pattern.compile("\\bweather in (\\p{L}+)", Pattern.CASE_INSENSITIVE);

	private static final Pattern PARROT = Pattern.compile("^\\W*parrot\\b", Pattern.CASE_INSENSITIVE);

	private static final int QUOTED = 120;

	private Answers() {
	}

	/**
	 * Answer the last text of the user. The previous one shows whether the conversation
	 * survived its connection.
	 * @param said the texts of the user so far, oldest first
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
	 * Return the arguments of the tool to call before the last text of the user is
	 * answered.
	 * @param said the texts of the user so far, oldest first
	 * @return the arguments of {@link #TOOL}, or {@code null} for no call
	 */
	static @Nullable Map<String, Object> lookUp(List<String> said) {
		Matcher weather = WEATHER.matcher(said.isEmpty() ? "" : said.get(said.size() - 1));
		return weather.find() ? Map.of("city", weather.group(1)) : null;
	}

	/**
	 * Answer with the result of the tool.
	 * @param result the tool's result
	 * @return the answer
	 */
	static String with(String result) {
		return "I looked it up: " + result;
	}

	/**
	 * Return the transcript of speech, without recognition of words.
	 * @param seconds its duration
	 * @return the transcript
	 */
	static String transcript(double seconds) {
		return String.format(Locale.ROOT, "(%.1f seconds of speech)", seconds);
	}

	static String toSpeech(String transcript) {
		return "I heard you. That was " + transcript.replaceAll("[()]", "")
				+ ". I have ears, but no model to understand words. Write parrot, and I will say what you say.";
	}

	static boolean isAboutParrots(String said) {
		return PARROT.matcher(said).find();
	}

	static String parrot(boolean on) {
		return on ? "I am your parrot now. Speak, and I will say it again." : "I am no parrot any more.";
	}

	/**
	 * Return a text for repeated speech: a mark for each half a second.
	 * @param seconds its duration
	 * @return the text
	 */
	static String sound(double seconds) {
		return "🦜" + " ~".repeat((int) (seconds * 2));
	}

	static String flood() {
		return IntStream.rangeClosed(1, 3000).mapToObj(String::valueOf).collect(Collectors.joining(" "));
	}

	private static String quote(String text) {
		return "“" + ((text.length() > QUOTED) ? text.substring(0, QUOTED) + "…" : text) + "”";
	}

}
