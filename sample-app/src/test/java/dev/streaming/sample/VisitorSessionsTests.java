package dev.streaming.sample;

import java.util.Map;

import dev.streaming.ResponseChannel;
import dev.streaming.Session;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * Tests for {@link VisitorSessions}, and the planned change that a visitor may ask for.
 */
class VisitorSessionsTests {

	private final VisitorSessions sessions = new VisitorSessions();

	private final MockHttpSession ann = new MockHttpSession();

	@Test
	void connectionsOfTheVisitorAloneAreReplaced() {
		Session own = open(Session.State.OPEN, Map.of(VisitorId.ATTRIBUTE, VisitorId.of(this.ann.getId())));
		Session others = open(Session.State.OPEN, Map.of(VisitorId.ATTRIBUTE, "another"));
		Session chat = open(Session.State.OPEN, Map.of());
		assertThat(replace(this.ann)).containsEntry("told", 1);
		then(own).should().reconnect(anyString());
		then(others).should(never()).reconnect(anyString());
		then(chat).should(never()).reconnect(anyString());
	}

	@Test
	void sessionsWithoutAConnectionAreLeftAlone() {
		Map<String, Object> visitor = Map.of(VisitorId.ATTRIBUTE, VisitorId.of(this.ann.getId()));
		Session outage = open(Session.State.RECONNECTING, visitor);
		Session closed = open(Session.State.OPEN, visitor);
		this.sessions.onClosed(closed, null);
		assertThat(replace(this.ann)).containsEntry("told", 0);
		then(outage).should(never()).reconnect(anyString());
		then(closed).should(never()).reconnect(anyString());
	}

	@Test
	void queueIsThatOfTheVisitorsOwnSessions() {
		channel(open(Session.State.OPEN, Map.of(VisitorId.ATTRIBUTE, VisitorId.of(this.ann.getId()))), "voice", 3);
		channel(open(Session.State.OPEN, Map.of(VisitorId.ATTRIBUTE, VisitorId.of(this.ann.getId()))), "other", 4);
		channel(open(Session.State.OPEN, Map.of(VisitorId.ATTRIBUTE, "another")), "voice", 5);
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.setSession(this.ann);
		VisitorController controller = new VisitorController(mock(Visitors.class), this.sessions, true, "voice", "any");
		assertThat(controller.queue(request).getBody()).isEqualTo(new VisitorController.Queue(3, 10));
		assertThat(controller.queue(new MockHttpServletRequest()).getBody())
			.isEqualTo(new VisitorController.Queue(0, 0));
	}

	private static void channel(Session session, String connection, int size) {
		ResponseChannel channel = mock(ResponseChannel.class);
		given(channel.size()).willReturn(size);
		given(channel.capacity()).willReturn(10);
		given(session.response()).willReturn(channel);
		given(session.connectionName()).willReturn(connection);
	}

	@Test
	void requestWithoutAVisitorReplacesNothing() {
		open(Session.State.OPEN, Map.of(VisitorId.ATTRIBUTE, VisitorId.of(this.ann.getId())));
		assertThat(replace(null)).containsEntry("told", 0);
	}

	private Session open(Session.State state, Map<String, Object> attributes) {
		Session session = mock(Session.class);
		given(session.state()).willReturn(state);
		given(session.attributes()).willReturn(attributes);
		this.sessions.onOpened(session);
		return session;
	}

	private Map<String, Object> replace(MockHttpSession http) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.setSession(http);
		return new PlannedChangeController(this.sessions).change(request);
	}

}
