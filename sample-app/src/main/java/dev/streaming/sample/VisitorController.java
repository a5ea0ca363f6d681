package dev.streaming.sample;

import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.streaming.sample.Assistant.View;
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

	private final boolean breakable;

	VisitorController(Visitors visitors, @Value("${sample.provider.enabled:true}") boolean breakable) {
		this.visitors = visitors;
		this.breakable = breakable;
	}

	@GetMapping("/session")
	ResponseEntity<SessionView> session(HttpServletRequest request) {
		Optional<View> session = this.visitors.find(request).flatMap((visitor) -> visitor.assistant().view());
		return ResponseEntity.ok()
			.cacheControl(CacheControl.noStore())
			.body(new SessionView(this.breakable, session.orElse(null)));
	}

	/**
	 * What a page shows.
	 *
	 * @param breakable whether the provider is the embedded one, which can be told to
	 * fail
	 * @param session the session, absent before the first question
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record SessionView(boolean breakable, @Nullable View session) {
	}

}
