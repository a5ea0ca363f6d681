package dev.streaming.interceptor;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Session;
import dev.streaming.SessionInterceptor;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeProtocol;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.Assert;

/**
 * Interceptor that interrupts an answer with a forbidden word: the chunk with it and all
 * following ones of the same response are dropped, pending chunks are discarded, and the
 * answer is cancelled. Instead, the consumer receives one chunk that is
 * {@linkplain StreamChunk#interrupted() interrupted} and whose metadata have the
 * {@code event} {@value #EVENT}. A word that spans several pieces of the text is
 * detected, too; preceding pieces may have been delivered, as well as audio that was
 * ahead of its transcript.
 * <p>
 * A text of the user that matches one of the patterns for users is not sent. The caller
 * is not notified, except that a question is rejected.
 * <p>
 * Thread-safe, for any number of sessions.
 *
 * @since 1.0.0
 */
public final class KeywordGuard implements SessionInterceptor {

	/** Event of the chunk that is delivered instead. */
	public static final String EVENT = "keyword_guard";

	/** Length of the end of the text that is matched together with the next piece. */
	private static final int TAIL = 256;

	private static final Logger logger = LoggerFactory.getLogger(KeywordGuard.class);

	private final Collection<Pattern> patterns;

	private final Collection<Pattern> userPatterns;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Map<Session, Answer> answers = new WeakHashMap<>();

	/**
	 * Create a guard.
	 * @param patterns regular expressions that match forbidden words
	 */
	public KeywordGuard(Collection<Pattern> patterns) {
		this(patterns, List.of());
	}

	/**
	 * Create a guard for both sides.
	 * @param patterns regular expressions that match forbidden words of the model
	 * @param userPatterns regular expressions that match forbidden texts of the user
	 */
	public KeywordGuard(Collection<Pattern> patterns, Collection<Pattern> userPatterns) {
		Assert.isTrue(!patterns.isEmpty() || !userPatterns.isEmpty(),
				"'patterns' and 'userPatterns' must not both be empty");
		this.patterns = List.copyOf(patterns);
		this.userPatterns = List.copyOf(userPatterns);
	}

	@Override
	public @Nullable String onText(Session session, String role, String text) {
		if (!"user".equals(role) || !isFound(this.userPatterns, text)) {
			return text;
		}
		logger.atWarn()
			.addKeyValue("session", session.id())
			.addKeyValue("connection", session.connectionName())
			.log("A text of the user was not sent, because it contains a guarded word");
		return null;
	}

	private static boolean isFound(Collection<Pattern> patterns, CharSequence text) {
		return patterns.stream().anyMatch((pattern) -> pattern.matcher(text).find());
	}

	@Override
	public @Nullable StreamChunk onChunk(Session session, StreamChunk chunk) {
		return switch (chunk.kind()) {
			case TEXT, TRANSCRIPT, AUDIO, REASONING, END -> guarded(session, chunk);
			case INPUT, TOOL_CALL, EVENT -> chunk;
		};
	}

	private @Nullable StreamChunk guarded(Session session, StreamChunk chunk) {
		Verdict verdict = verdict(session, chunk);
		if (verdict == Verdict.PASS) {
			return chunk;
		}
		if (verdict == Verdict.DROP) {
			return (chunk.finishReason() != null) ? chunk.toBuilder().content("").delta("").build() : null;
		}
		logger.atWarn()
			.addKeyValue("session", session.id())
			.addKeyValue("connection", session.connectionName())
			.log("An answer was interrupted, because it contains a guarded word");
		session.response().discard((waiting) -> waiting.responseId().equals(chunk.responseId()));
		session.unwrap(RealtimeProtocol.class)
			.map((protocol) -> protocol.client(session))
			.ifPresent(RealtimeClient::cancel);
		return StreamChunk.builder().interrupted(true).responseId(chunk.responseId()).metadata("event", EVENT).build();
	}

	private Verdict verdict(Session session, StreamChunk chunk) {
		this.lock.lock();
		try {
			Answer answer = this.answers.computeIfAbsent(session, (added) -> new Answer());
			if (!answer.responseId.equals(chunk.responseId())) {
				answer.begin(chunk.responseId());
			}
			boolean ends = chunk.finishReason() != null;
			Verdict verdict = answer.verdict;
			if (verdict == Verdict.PASS && !ends) {
				String delta = chunk.delta();
				answer.add(delta.isEmpty() ? chunk.reasoning() : delta);
				boolean found = isFound(this.patterns, answer.text);
				verdict = found ? Verdict.INTERRUPT : Verdict.PASS;
				answer.verdict = found ? Verdict.DROP : Verdict.PASS;
			}
			if (ends) {
				answer.begin("");
			}
			return verdict;
		}
		finally {
			this.lock.unlock();
		}
	}

	private enum Verdict {

		/** No guarded word was found. */
		PASS,

		/** The chunk contains a guarded word. */
		INTERRUPT,

		/** The chunk follows one with a guarded word. */
		DROP

	}

	private static final class Answer {

		private String responseId = "";

		private final StringBuilder text = new StringBuilder();

		private Verdict verdict = Verdict.PASS;

		void begin(String id) {
			this.responseId = id;
			this.text.setLength(0);
			this.verdict = Verdict.PASS;
		}

		void add(String delta) {
			if (this.text.length() > TAIL) {
				this.text.delete(0, this.text.length() - TAIL);
			}
			this.text.append(delta);
		}

	}

}
