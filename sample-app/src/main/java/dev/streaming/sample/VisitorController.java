package dev.streaming.sample;

import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.streaming.sample.Assistant.Status;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows a visitor the session behind the visitor's own conversation, and no other.
 */
@RestController
class VisitorController {

	private final Visitors visitors;

	private final boolean embeddedProvider;

	VisitorController(Visitors visitors, @Value("${sample.provider.enabled:true}") boolean embeddedProvider) {
		this.visitors = visitors;
		this.embeddedProvider = embeddedProvider;
	}

	@GetMapping("/session")
	ResponseEntity<SessionView> session(HttpServletRequest request) {
		Optional<Status> session = this.visitors.find(request).flatMap((visitor) -> visitor.assistant().status());
		return ResponseEntity.ok()
			.cacheControl(CacheControl.noStore())
			.body(new SessionView(this.embeddedProvider, session.orElse(null)));
	}

	/**
	 * The response.
	 *
	 * @param embeddedProvider whether the provider is the embedded one, which can be told
	 * to fail
	 * @param session the session, absent before the first question
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record SessionView(boolean embeddedProvider, @Nullable Status session) {
	}

}
