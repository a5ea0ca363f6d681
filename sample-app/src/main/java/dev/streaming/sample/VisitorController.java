package dev.streaming.sample;

import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.streaming.ResponseChannel;
import dev.streaming.Session;
import dev.streaming.sample.Assistant.Status;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Controller for the status of a visitor's own session.
 */
@RestController
class VisitorController {

	private final Visitors visitors;

	private final boolean embeddedProvider;

	private final String connection;

	private final String provider;

	private final VisitorSessions sessions;

	VisitorController(Visitors visitors, VisitorSessions sessions,
			@Value("${sample.provider.enabled:true}") boolean embeddedProvider,
			@Value("${streaming.relay.connection}") String connection,
			@Value("${streaming.connections.${streaming.relay.connection}.provider}") String provider) {
		this.visitors = visitors;
		this.sessions = sessions;
		this.embeddedProvider = embeddedProvider;
		this.connection = connection;
		this.provider = provider;
	}

	/**
	 * Register a visitor, which is required by the relay.
	 * @param request the request, for which an HTTP session is created
	 * @return the settings of the relay for the page
	 */
	@PostMapping("/visit")
	ResponseEntity<Visit> visit(HttpServletRequest request) {
		request.getSession();
		return ResponseEntity.ok()
			.cacheControl(CacheControl.noStore())
			.body(new Visit(this.embeddedProvider, this.connection, this.provider));
	}

	/**
	 * Return the fill level of the queues of the visitor's own sessions of the relay.
	 * @param request identifies the visitor
	 * @return the number of pending chunks, and the capacity
	 */
	@GetMapping("/visit/queue")
	ResponseEntity<Queue> queue(HttpServletRequest request) {
		List<ResponseChannel> channels = this.sessions.of(VisitorId.of(request))
			.filter((session) -> session.connectionName().equals(this.connection))
			.map(Session::response)
			.toList();
		return ResponseEntity.ok()
			.cacheControl(CacheControl.noStore())
			.body(new Queue(channels.stream().mapToInt(ResponseChannel::size).sum(),
					channels.stream().mapToInt(ResponseChannel::capacity).sum()));
	}

	@GetMapping("/session")
	ResponseEntity<SessionView> session(HttpServletRequest request) {
		Optional<Status> session = this.visitors.find(request).flatMap((visitor) -> visitor.assistant().status());
		return ResponseEntity.ok()
			.cacheControl(CacheControl.noStore())
			.body(new SessionView(this.embeddedProvider, session.orElse(null)));
	}

	/**
	 * The response to a visitor.
	 *
	 * @param embeddedProvider whether the provider is the embedded one, which can
	 * simulate faults
	 * @param connection the connection of the relay, for its meters
	 * @param provider the provider of that connection
	 */
	record Visit(boolean embeddedProvider, String connection, String provider) {
	}

	/**
	 * The queue of a visitor.
	 *
	 * @param waiting the number of chunks that wait for the relay
	 * @param capacity the number of chunks that may wait; beyond it nothing is read
	 */
	record Queue(int waiting, int capacity) {
	}

	/**
	 * The response.
	 *
	 * @param embeddedProvider whether the provider is the embedded one, which can
	 * simulate faults
	 * @param session the session, absent before the first question
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record SessionView(boolean embeddedProvider, @Nullable Status session) {
	}

}
