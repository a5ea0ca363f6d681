package dev.streaming.internal.util;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Sanitizes texts of a peer for logs, exceptions, endpoints and meters (rule B4): control
 * characters and terminal escapes are replaced, secrets are masked, and the length is
 * limited. Texts of a peer must not be used there without it.
 * <p>
 * Immutable and thread-safe. An instance has the secrets of one dial; {@link #PLAIN} has
 * none, and only masks texts that look like a key.
 */
public final class PeerText {

	/** Sanitizer without secrets. */
	public static final PeerText PLAIN = new PeerText(List.of());

	/** The maximum length of a sanitized text in characters. */
	public static final int MAX_LENGTH = 200;

	/** The maximum length of the message of an exception that may quote a peer. */
	public static final int MAX_MESSAGE_LENGTH = 1000;

	/** Minimum length of a secret: masking shorter values would make texts unreadable. */
	private static final int MIN_SECRET_LENGTH = 8;

	/**
	 * Maximum number of characters that are processed, because a message may have
	 * megabytes.
	 */
	private static final int WINDOW = 4096;

	private static final String MASK = "***";

	private static final Set<String> PUBLIC_PARAMETERS = Set.of("model", "deployment", "intent", "api-version");

	// Control, format and separator characters, and lone surrogates: all are invisible,
	// some end a line or reverse its direction
	private static final String INVISIBLE = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]";

	private static final Pattern CONTROL = Pattern.compile(INVISIBLE + "+");

	private static final String ESCAPE = "(?:\u001B\\[|\u009B)[0-?]*[ -/]*[@-~]"
			+ "|(?:\u001B[\\]P^_X]|[\u009D\u0090\u009E\u009F\u0098])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\\\|\u009C)?"
			+ "|\u001B[ -/]*[0-~]";

	private static final Pattern TERMINAL_ESCAPE = Pattern.compile(ESCAPE);

	private static final Pattern HIDDEN = Pattern.compile("(?:" + ESCAPE + "|" + INVISIBLE + ")+");

	private static final List<Pattern> KEYS = List.of(
			// OpenAI, Anthropic, Stripe and others
			Pattern.compile("\\b(?:sk|pk|rk|ek|ak|xai|gsk|hf)[-_][A-Za-z0-9_*-]{6,}"),
			// Google: API keys, OAuth tokens, ephemeral tokens
			Pattern.compile("\\bAIza[A-Za-z0-9_-]{10,}"), Pattern.compile("\\bya29\\.[A-Za-z0-9_.-]{6,}"),
			Pattern.compile("\\bauth_tokens/[A-Za-z0-9_.-]+"),
			// JSON Web Tokens
			Pattern.compile("\\beyJ[A-Za-z0-9_-]{6,}(?:\\.[A-Za-z0-9_-]*){0,4}"),
			// AWS, GitHub, Slack
			Pattern.compile("\\bA(?:KIA|SIA)[A-Z0-9]{12,}"), Pattern.compile("\\bgh[pousr]_[A-Za-z0-9]{10,}"),
			Pattern.compile("\\bxox[abeprs]-[A-Za-z0-9-]{6,}"));

	private static final Pattern NAMED = Pattern.compile("(?i)\\b(bearer|basic)(\\s+)[A-Za-z0-9._~+/=*-]{4,}"
			+ "|\\b((?:x-)?(?:goog-)?(?:api[-_ ]?key|access[-_ ]?token|key|token|secret|password|passwd|pwd))"
			+ "(\"?\\s*[=:]\\s*\"?)[^\\s\"'&,;)}\\]]{4,}");

	private final List<String> secrets;

	private PeerText(Collection<String> secrets) {
		this.secrets = secrets.stream().filter((secret) -> secret.length() >= MIN_SECRET_LENGTH).distinct().toList();
	}

	/**
	 * Return the sanitizer for the peer of a dial.
	 * @param uri the URL that was dialled, whose user info and query values are masked,
	 * except of parameters that are not secret
	 * @param headerValues the values of the headers that were sent, which are masked
	 * @return the sanitizer
	 */
	public static PeerText of(@Nullable URI uri, Collection<String> headerValues) {
		Set<String> secrets = new LinkedHashSet<>();
		for (String value : headerValues) {
			add(secrets, value);
			// The token without the prefix "Bearer"
			int space = value.strip().indexOf(' ');
			if (space > 0) {
				add(secrets, value.strip().substring(space + 1));
			}
		}
		if (uri != null) {
			addQuery(secrets, uri.getRawQuery());
			String userInfo = uri.getRawUserInfo();
			if (userInfo != null) {
				add(secrets, userInfo);
				add(secrets, decoded(userInfo.substring(userInfo.indexOf(':') + 1)));
			}
		}
		return secrets.isEmpty() ? PLAIN : new PeerText(secrets);
	}

	private static void addQuery(Set<String> secrets, @Nullable String query) {
		if (query == null) {
			return;
		}
		for (String parameter : query.split("&")) {
			int equals = parameter.indexOf('=');
			String name = (equals >= 0) ? parameter.substring(0, equals) : "";
			if (!PUBLIC_PARAMETERS.contains(decoded(name).toLowerCase(Locale.ROOT))) {
				String value = parameter.substring(equals + 1);
				add(secrets, value);
				add(secrets, decoded(value));
			}
		}
	}

	private static void add(Set<String> secrets, String value) {
		secrets.add(value.strip());
	}

	private static String decoded(String value) {
		try {
			return URLDecoder.decode(value, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			// Not percent-encoded
			return value;
		}
	}

	/**
	 * Sanitize a text of the peer.
	 * @param text the text, or {@code null}
	 * @return at most {@value #MAX_LENGTH} visible characters without secrets; empty for
	 * {@code null}
	 */
	public String sanitize(@Nullable String text) {
		return sanitize(text, MAX_LENGTH);
	}

	/**
	 * Sanitize the message of an exception, which may quote the peer.
	 * @param failure the exception
	 * @return at most {@value #MAX_MESSAGE_LENGTH} visible characters without secrets;
	 * the string {@code null} if it has no message
	 */
	public String message(Throwable failure) {
		return sanitize(String.valueOf(failure.getMessage()), MAX_MESSAGE_LENGTH);
	}

	private String sanitize(@Nullable String text, int maxLength) {
		if (text == null || text.isEmpty()) {
			return "";
		}
		String result = maskSecrets(window(text));
		result = TERMINAL_ESCAPE.matcher(result).replaceAll(" ");
		result = CONTROL.matcher(result).replaceAll(" ");
		for (Pattern key : KEYS) {
			result = key.matcher(result).replaceAll(MASK);
		}
		result = NAMED.matcher(result)
			.replaceAll((match) -> (match.group(1) != null) ? match.group(1) + " " + MASK
					: Matcher.quoteReplacement(match.group(3) + match.group(4)) + MASK);
		return cut(result.strip(), maxLength);
	}

	// A peer may insert invisible characters into a secret, so secrets are searched in
	// the visible ones
	private String maskSecrets(String text) {
		if (this.secrets.isEmpty()) {
			return text;
		}
		StringBuilder visible = new StringBuilder(text.length());
		int[] positions = new int[text.length()];
		Matcher hidden = HIDDEN.matcher(text);
		int from = 0;
		while (from < text.length()) {
			int end = hidden.find(from) ? hidden.start() : text.length();
			for (int i = from; i < end; i++) {
				positions[visible.length()] = i;
				visible.append(text.charAt(i));
			}
			from = (end < text.length()) ? hidden.end() : end;
		}
		BitSet masked = new BitSet();
		for (String secret : this.secrets) {
			for (int at = visible.indexOf(secret); at >= 0; at = visible.indexOf(secret, at + 1)) {
				masked.set(positions[at], positions[at + secret.length() - 1] + 1);
			}
		}
		return replace(text, masked);
	}

	private static String replace(String text, BitSet masked) {
		StringBuilder result = new StringBuilder(text.length());
		int from = 0;
		for (int at = masked.nextSetBit(0); at >= 0; at = masked.nextSetBit(from)) {
			result.append(text, from, at).append(MASK);
			from = masked.nextClearBit(at);
		}
		return result.append(text, from, text.length()).toString();
	}

	private static String window(String text) {
		if (text.length() <= WINDOW) {
			return text;
		}
		// The last word may be a part of a secret, which would not be detected
		int end = WINDOW;
		while (end > 0 && !Character.isWhitespace(text.charAt(end - 1))) {
			end--;
		}
		return text.substring(0, end) + "\u2026";
	}

	private static String cut(String text, int maxLength) {
		if (text.length() <= maxLength) {
			return text;
		}
		int end = maxLength - 1;
		if (Character.isHighSurrogate(text.charAt(end - 1))) {
			end--;
		}
		return text.substring(0, end) + "\u2026";
	}

}
