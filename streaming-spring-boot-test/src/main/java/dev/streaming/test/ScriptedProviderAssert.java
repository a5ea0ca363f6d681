package dev.streaming.test;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Assertions for the received messages of a {@link ScriptedProvider}. Failures show the
 * transcript.
 *
 * @since 1.0.0
 */
public final class ScriptedProviderAssert extends AbstractAssert<ScriptedProviderAssert, ScriptedProvider> {

	ScriptedProviderAssert(ScriptedProvider actual) {
		super(actual, ScriptedProviderAssert.class);
	}

	/**
	 * Verify the number of connections.
	 * @param expected the number, including connections that have ended
	 * @return this
	 */
	public ScriptedProviderAssert hasConnected(int expected) {
		return check("connections", ScriptedProvider::connections, expected);
	}

	/**
	 * Verify the number of dials.
	 * @param expected the number of dials, including failed ones
	 * @return this
	 */
	public ScriptedProviderAssert wasDialled(int expected) {
		return check("dials", (provider) -> provider.dials().size(), expected);
	}

	/**
	 * Verify a header of the latest dial, such as that of the key.
	 * @param name the name of the header
	 * @param expected its value
	 * @return this
	 */
	public ScriptedProviderAssert wasDialledWith(String name, String expected) {
		if (!expected.equals(header(name))) {
			// The value may be a real key
			fail("header '" + name + "': expected " + expected + ", but was "
					+ (header(name).isEmpty() ? "absent" : "another text of " + header(name).length() + " characters"));
		}
		return this;
	}

	private String header(String name) {
		return this.actual.lastDial().header(name).orElse("");
	}

	/**
	 * Verify the texts of the user.
	 * @param expected all texts, in order
	 * @return this
	 */
	public ScriptedProviderAssert hasReceivedTexts(String... expected) {
		return check("texts", ScriptedProvider::texts, Arrays.asList(expected));
	}

	/**
	 * Verify the texts that were replayed on a new connection.
	 * @param expected all texts of the history, in order
	 * @return this
	 */
	public ScriptedProviderAssert hasReceivedHistory(String... expected) {
		return check("history",
				(provider) -> provider.received(Received.Kind.HISTORY).stream().map(Received::text).toList(),
				Arrays.asList(expected));
	}

	/**
	 * Verify the results of tools.
	 * @param expected all results, in order; as JSON if the protocol requires JSON
	 * @return this
	 */
	public ScriptedProviderAssert hasReceivedToolResults(String... expected) {
		return check("tool results", ScriptedProvider::toolResults, Arrays.asList(expected));
	}

	/**
	 * Verify the duration of received audio.
	 * @param expected the total duration
	 * @return this
	 */
	public ScriptedProviderAssert hasReceivedAudio(Duration expected) {
		return check("audio", ScriptedProvider::audio, expected);
	}

	/**
	 * Verify that a message of a kind was received.
	 * @param kind the kind
	 * @return this
	 */
	public ScriptedProviderAssert hasReceived(Received.Kind kind) {
		if (!Eventually.holds(() -> !this.actual.received(kind).isEmpty())) {
			fail("no " + kind + " was received");
		}
		return this;
	}

	/**
	 * Verify that no message of a kind was received, after the sessions have become idle.
	 * @param kind the kind
	 * @return this
	 */
	public ScriptedProviderAssert hasNotReceived(Received.Kind kind) {
		List<Received> received = this.actual.received(kind);
		if (!received.isEmpty()) {
			fail("no " + kind + " should have been received, but was: " + received.get(0).describe());
		}
		return this;
	}

	/**
	 * Verify a setting of the latest setup.
	 * @param pointer the JSON pointer of the setting, such as {@code /instructions}
	 * @param expected its text
	 * @return this
	 */
	public ScriptedProviderAssert hasSetup(String pointer, String expected) {
		return check("setup " + pointer, (provider) -> text(provider.setup().at(pointer)), expected);
	}

	private static String text(JsonNode node) {
		return node.isString() ? node.stringValue() : node.toString();
	}

	/**
	 * Verify that a matching message was received.
	 * @param description the description of the expected message
	 * @param expected matches the message
	 * @return this
	 */
	public ScriptedProviderAssert hasReceivedMessage(String description, Predicate<JsonNode> expected) {
		if (!Eventually.holds(() -> this.actual.received().stream().map(Received::json).anyMatch(expected))) {
			fail("no message was received that is " + description);
		}
		return this;
	}

	private <T> ScriptedProviderAssert check(String what, Function<ScriptedProvider, T> value, T expected) {
		if (!Eventually.holds(() -> Objects.equals(value.apply(this.actual), expected))) {
			fail(what + ": expected " + shown(expected) + ", but was " + shown(value.apply(this.actual)));
		}
		return this;
	}

	private static String shown(@Nullable Object value) {
		if (value instanceof List<?> list) {
			return list.stream().map(ScriptedProviderAssert::shown).collect(Collectors.joining(", ", "[", "]"));
		}
		return (value instanceof String text) ? "\"" + text + "\"" : String.valueOf(value);
	}

	private void fail(String problem) {
		failWithMessage("%s: %s.%nThe transcript so far:%n%s", this.actual, problem, this.actual.transcript());
	}

}
