package dev.streaming.sample.provider;

import java.time.Duration;
import java.util.Map;

import dev.streaming.sample.VisitorId;
import dev.streaming.sample.provider.Faults.Fate;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.annotation.DurationFormat.Style;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Controller to simulate faults of real providers: for the requesting visitor, or for all
 * if the client sends no cookie, such as {@code curl}.
 */
@RestController
@ConditionalOnEmbeddedProvider
@RequestMapping("/provider")
class ProviderController {

	private static final Duration LONGEST = Duration.ofMinutes(10);

	private final EmbeddedProvider provider;

	private final SlowPages pages;

	ProviderController(EmbeddedProvider provider, SlowPages pages) {
		this.provider = provider;
		this.pages = pages;
	}

	/**
	 * Drop the TCP connections without a close frame.
	 * @param nextAnswer whether to wait for the middle of the next answer instead of
	 * dropping at once
	 * @param request identifies the visitor
	 * @return a description of the action
	 */
	@PostMapping("/drop")
	Map<String, Object> drop(@RequestParam(name = "next-answer", defaultValue = "false") boolean nextAnswer,
			HttpServletRequest request) {
		if (nextAnswer) {
			this.provider.dropInNextAnswer(VisitorId.of(request));
		}
		return Map.of("armed", nextAnswer, "dropped", nextAnswer ? 0 : this.provider.drop(VisitorId.of(request)));
	}

	/**
	 * Simulate an outage: drop the TCP connections, and refuse new ones with 503 for a
	 * while.
	 * @param duration the duration, such as {@code 20s}; at most ten minutes
	 * @param status the HTTP status for new connections, 401 or 503
	 * @param request identifies the visitor
	 * @return a description of the action
	 * @throws ResponseStatusException with 400 if the duration or status is out of range
	 */
	@PostMapping("/refuse")
	Map<String, Object> refuse(
			@RequestParam(name = "for", defaultValue = "20s") @DurationFormat(style = Style.SIMPLE) Duration duration,
			@RequestParam(defaultValue = "503") int status, HttpServletRequest request) {
		if (status != 401 && status != 503) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "'status' must be 401 or 503");
		}
		check(duration);
		return Map.of("seconds", duration.toSeconds(), "dropped",
				this.provider.refuse(VisitorId.of(request), duration, HttpStatus.valueOf(status)));
	}

	/**
	 * Stop reading from the connections, including pings, without closing them.
	 * @param request identifies the visitor
	 * @return the number of frozen connections
	 */
	@PostMapping("/freeze")
	Map<String, Object> freeze(HttpServletRequest request) {
		return Map.of("frozen", this.provider.freeze(VisitorId.of(request)));
	}

	/**
	 * Set the fate of the next answer.
	 * @param what {@code never} or {@code flood}
	 * @param request identifies the visitor
	 * @return a description of the action
	 * @throws ResponseStatusException with 400 for anything else
	 */
	@PostMapping("/next-answer")
	Map<String, Object> nextAnswer(@RequestParam String what, HttpServletRequest request) {
		Fate fate = switch (what) {
			case "never" -> Fate.NEVER;
			case "flood" -> Fate.FLOOD;
			default -> throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "'what' must be never or flood");
		};
		this.provider.next(VisitorId.of(request), fate);
		return Map.of("armed", what);
	}

	/**
	 * Announce the end of the connections, as providers do after some minutes: Gemini
	 * with {@code goAway}, OpenAI with an error and a close frame.
	 * @param request identifies the visitor
	 * @return the number of clients that were notified
	 */
	@PostMapping("/go-away")
	Map<String, Object> goAway(HttpServletRequest request) {
		return Map.of("told", this.provider.retire(VisitorId.of(request)));
	}

	/**
	 * Slow down the pages of the visitor for a while.
	 * @param duration the duration, such as {@code 8s}; at most ten minutes
	 * @param request identifies the visitor
	 * @return a description of the action
	 * @throws ResponseStatusException with 400 if the duration is out of range, or the
	 * client sends no cookie
	 */
	@PostMapping("/slow-page")
	Map<String, Object> slowPage(
			@RequestParam(name = "for", defaultValue = "8s") @DurationFormat(style = Style.SIMPLE) Duration duration,
			HttpServletRequest request) {
		check(duration);
		String visitor = VisitorId.of(request);
		if (visitor == null) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "Only a page with a cookie can be slow");
		}
		this.pages.slow(visitor, duration);
		return Map.of("seconds", duration.toSeconds());
	}

	private static void check(Duration duration) {
		if (duration.compareTo(Duration.ZERO) <= 0 || duration.compareTo(LONGEST) > 0) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "'for' must be more than 0s and at most 10m");
		}
	}

}
