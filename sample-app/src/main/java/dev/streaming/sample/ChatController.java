package dev.streaming.sample;

import java.time.Duration;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Controller for questions, whose answers are streamed as server-sent events. Only POST
 * is supported: an answer may cost money, and any page on the web can make a browser send
 * a GET.
 */
@RestController
class ChatController {

	/** Added to the timeout of the answer, after which a message is sent. */
	private static final Duration LAST_WORDS = Duration.ofSeconds(10);

	private final Visitors visitors;

	private final ChatProperties properties;

	// One thread for each answer; Visitors limits the number of answers
	private final SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("answer-");

	ChatController(Visitors visitors, ChatProperties properties) {
		this.visitors = visitors;
		this.properties = properties;
	}

	/**
	 * Answer a question.
	 * @param text the text of the visitor
	 * @param request identifies the visitor
	 * @return the events, see {@link AnswerStream}
	 * @throws RefusedException with 400 for a text that is empty or too long, with 429 or
	 * 503 if too many answers are in progress
	 */
	@PostMapping(path = "/chat", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE,
			produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	ResponseEntity<SseEmitter> chat(@RequestParam String text, HttpServletRequest request) {
		check(text);
		Visitor visitor = this.visitors.beginAnswer(request);
		AnswerStream answer = new AnswerStream(this.properties.answerTimeout().plus(LAST_WORDS));
		boolean started = false;
		try {
			this.executor.execute(() -> answer(visitor, text, answer));
			started = true;
		}
		finally {
			if (!started) {
				this.visitors.endAnswer(visitor);
			}
		}
		return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(answer.emitter());
	}

	private void check(String text) {
		if (!StringUtils.hasText(text)) {
			throw new RefusedException(HttpStatus.BAD_REQUEST, "Please write something.", null);
		}
		if (text.length() > this.properties.maxTextLength()) {
			throw new RefusedException(HttpStatus.BAD_REQUEST,
					"Please write no more than " + this.properties.maxTextLength() + " characters.", null);
		}
	}

	private void answer(Visitor visitor, String text, AnswerStream answer) {
		try {
			visitor.assistant().ask(text, answer);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			answer.fail(ex);
		}
		catch (RuntimeException ex) {
			answer.fail(ex);
		}
		finally {
			// Before the response ends, so that the visitor may ask again at once
			this.visitors.endAnswer(visitor);
			answer.complete();
		}
	}

}
