package dev.streaming.sample;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * Exception for a rejected question. The response contains the reason as a sentence that
 * a page can show.
 */
class RefusedException extends ErrorResponseException {

	private static final long serialVersionUID = 1L;

	RefusedException(HttpStatus status, String sentence, @Nullable Duration retryAfter) {
		super(status, ProblemDetail.forStatusAndDetail(status, sentence), null);
		if (retryAfter != null) {
			getHeaders().set(HttpHeaders.RETRY_AFTER, String.valueOf(retryAfter.toSeconds()));
		}
	}

}
