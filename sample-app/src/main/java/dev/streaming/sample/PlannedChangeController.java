package dev.streaming.sample;

import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Controller that requests planned changes of a visitor's connections.
 */
@RestController
class PlannedChangeController {

	private final VisitorSessions sessions;

	PlannedChangeController(VisitorSessions sessions) {
		this.sessions = sessions;
	}

	/**
	 * Replace the connections of the visitor's own sessions at their next quiet moment.
	 * @param request the request
	 * @return the number of sessions that were notified
	 */
	@PostMapping("/visit/change")
	Map<String, Object> change(HttpServletRequest request) {
		return Map.of("told", this.sessions.replaceConnections(VisitorId.of(request)));
	}

}
