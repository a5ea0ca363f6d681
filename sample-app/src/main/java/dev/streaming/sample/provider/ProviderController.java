package dev.streaming.sample.provider;

import java.time.Duration;
import java.util.Map;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.annotation.DurationFormat.Style;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Makes the embedded provider do what real ones do at the worst moment.
 */
@RestController
@ConditionalOnEmbeddedProvider
@RequestMapping("/provider")
class ProviderController {

	private static final Duration LONGEST_REFUSAL = Duration.ofMinutes(10);

	private final EmbeddedProvider provider;

	ProviderController(EmbeddedProvider provider) {
		this.provider = provider;
	}

	/**
	 * Drop the TCP connections without a close frame.
	 * @param nextAnswer whether to wait for the middle of the next answer, rather than to
	 * drop at once, be it idle or in the middle of an answer
	 * @return what was done
	 */
	@PostMapping("/drop")
	Map<String, Object> drop(@RequestParam(name = "next-answer", defaultValue = "false") boolean nextAnswer) {
		if (nextAnswer) {
			this.provider.dropInNextAnswer();
		}
		return Map.of("armed", nextAnswer, "dropped", nextAnswer ? 0 : this.provider.drop());
	}

	/**
	 * Be down: drop the TCP connections, and refuse new ones with 503 for a while.
	 * @param duration how long, such as {@code 20s}; at most ten minutes
	 * @return what was done
	 * @throws ResponseStatusException with 400 if the duration is out of range
	 */
	@PostMapping("/refuse")
	Map<String, Object> refuse(
			@RequestParam(name = "for", defaultValue = "20s") @DurationFormat(style = Style.SIMPLE) Duration duration) {
		if (duration.compareTo(Duration.ZERO) <= 0 || duration.compareTo(LONGEST_REFUSAL) > 0) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "'for' must be more than 0s and at most 10m");
		}
		return Map.of("seconds", duration.toSeconds(), "dropped", this.provider.refuse(duration));
	}

	/**
	 * Announce the end of the connections, as providers do after some minutes: Gemini
	 * with {@code goAway}, OpenAI with an error and a close frame.
	 * @return how many clients were told
	 */
	@PostMapping("/go-away")
	Map<String, Object> goAway() {
		return Map.of("told", this.provider.retire());
	}

}
