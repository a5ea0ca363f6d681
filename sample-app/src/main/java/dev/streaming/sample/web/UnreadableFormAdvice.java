package dev.streaming.sample.web;

import org.apache.tomcat.util.http.InvalidParameterException;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Rejects forms that the container cannot read, which would otherwise be logged as errors
 * with a stack trace.
 */
@RestControllerAdvice
class UnreadableFormAdvice {

	@ExceptionHandler
	ProblemDetail unreadable(InvalidParameterException failure) {
		HttpStatusCode status = HttpStatusCode.valueOf(failure.getErrorCode());
		return ProblemDetail.forStatusAndDetail(status, status.isSameCodeAs(HttpStatus.CONTENT_TOO_LARGE)
				? "This is too long." : "This could not be read. Please write it in another way.");
	}

}
