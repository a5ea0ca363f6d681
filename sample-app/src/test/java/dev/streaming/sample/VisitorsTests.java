package dev.streaming.sample;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.streaming.SessionFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Visitors} and {@link Visitor}.
 */
class VisitorsTests {

	private static final int ROUNDS = 300;

	private final Visitors visitors = new Visitors(mock(SessionFactory.class), limits(2, 3));

	@Test
	void visitorIsTheSameForTheSameHttpSession() {
		MockHttpSession ann = new MockHttpSession();
		Visitor first = ask(ann);
		assertThat(ask(ann)).isSameAs(first);
		assertThat(ask(new MockHttpSession())).isNotSameAs(first);
		assertThat(this.visitors.find(request(ann))).hasValue(first);
		assertThat(this.visitors.find(new MockHttpServletRequest())).isEmpty();
	}

	@Test
	void visitorHasOneAnswerAtATime() {
		MockHttpSession ann = new MockHttpSession();
		Visitor visitor = this.visitors.beginAnswer(request(ann));
		for (int i = 0; i < 5; i++) {
			assertRefused(() -> this.visitors.beginAnswer(request(ann)), 429, "1");
		}
		this.visitors.endAnswer(visitor);
		assertThat(this.visitors.beginAnswer(request(ann))).isSameAs(visitor);
	}

	@Test
	void answersHaveAFixedNumberOfPlaces() {
		Visitor one = this.visitors.beginAnswer(request(new MockHttpSession()));
		this.visitors.beginAnswer(request(new MockHttpSession()));
		for (int i = 0; i < 5; i++) {
			MockHttpServletRequest request = new MockHttpServletRequest();
			assertRefused(() -> this.visitors.beginAnswer(request), 503, "5");
			// A refused request leaves nothing behind
			assertThat(request.getSession(false)).isNull();
		}
		this.visitors.endAnswer(one);
		assertThat(this.visitors.beginAnswer(request(new MockHttpSession()))).isNotSameAs(one);
	}

	@Test
	void firstToMakeRoomIsOneThatNeverCameBack() {
		MockHttpSession back = new MockHttpSession();
		MockHttpSession page = new MockHttpSession();
		MockHttpSession once = new MockHttpSession();
		ask(back);
		ask(back);
		ask(page);
		this.visitors.find(request(page));
		ask(once);
		ask(new MockHttpSession());
		assertThat(once.isInvalid()).isTrue();
		assertThat(back.isInvalid()).isFalse();
		assertThat(page.isInvalid()).isFalse();
		assertThat(this.visitors.snapshot()).hasSize(3);
	}

	@Test
	void visitorWithTheOldestQuestionIsEvictedFirst() {
		List<MockHttpSession> all = List.of(new MockHttpSession(), new MockHttpSession(), new MockHttpSession());
		all.forEach(this::ask);
		all.forEach(this::ask);
		ask(all.get(0));
		ask(new MockHttpSession());
		assertThat(all).extracting(MockHttpSession::isInvalid).containsExactly(false, true, false);
	}

	@Test
	void visitorWithAnAnswerInProgressIsNotEvicted() {
		MockHttpSession busy = new MockHttpSession();
		Visitor visitor = this.visitors.beginAnswer(request(busy));
		for (int i = 0; i < 10; i++) {
			ask(new MockHttpSession());
		}
		assertThat(busy.isInvalid()).isFalse();
		assertThat(visitor.state()).isEqualTo(Visitor.State.ANSWERING);
		assertThat(this.visitors.snapshot()).hasSize(3).contains(visitor);
	}

	@Test
	void endOfTheHttpSessionEndsTheVisitor() {
		MockHttpSession http = new MockHttpSession();
		Visitor visitor = ask(http);
		http.invalidate();
		assertThat(visitor.state()).isEqualTo(Visitor.State.ENDED);
		assertThat(visitor.beginAnswer()).isFalse();
		assertThat(this.visitors.snapshot()).isEmpty();
		visitor.invalidate();
	}

	@Test
	void endOfTheHttpSessionInTheMiddleOfAnAnswerFreesItsPlace() {
		for (int i = 0; i < 10; i++) {
			MockHttpSession http = new MockHttpSession();
			Visitor visitor = this.visitors.beginAnswer(request(http));
			http.invalidate();
			this.visitors.endAnswer(visitor);
			assertThat(visitor.state()).isEqualTo(Visitor.State.ENDED);
		}
		assertThat(this.visitors.snapshot()).isEmpty();
	}

	@Test
	void limitsHoldWhenManyAskAtTheSameTime() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			for (int round = 0; round < ROUNDS; round++) {
				Visitors crowded = new Visitors(mock(SessionFactory.class), limits(2, 2));
				CyclicBarrier start = new CyclicBarrier(4);
				List<Future<?>> asking = new ArrayList<>();
				for (int i = 0; i < 4; i++) {
					asking.add(threads.submit(() -> {
						start.await();
						askOrBeRefused(crowded);
						return null;
					}));
				}
				for (Future<?> each : asking) {
					each.get();
				}
				assertThat(crowded.snapshot()).hasSizeBetween(1, 2)
					.allMatch((visitor) -> visitor.state() == Visitor.State.IDLE);
				// All places are free again
				crowded.beginAnswer(request(new MockHttpSession()));
				crowded.beginAnswer(request(new MockHttpSession()));
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static void askOrBeRefused(Visitors crowded) {
		try {
			Visitor visitor = crowded.beginAnswer(request(new MockHttpSession()));
			assertThat(crowded.snapshot()).hasSizeLessThanOrEqualTo(2).contains(visitor);
			crowded.endAnswer(visitor);
		}
		catch (RefusedException ex) {
			assertThat(ex.getStatusCode().value()).isEqualTo(503);
		}
	}

	@Test
	void limitsThatCannotHoldAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> limits(3, 2))
			.withMessageContaining("sample.chat.max-visitors");
		assertThatIllegalArgumentException().isThrownBy(() -> limits(0, 2))
			.withMessageContaining("sample.chat.max-answers");
	}

	private Visitor ask(MockHttpSession http) {
		Visitor visitor = this.visitors.beginAnswer(request(http));
		this.visitors.endAnswer(visitor);
		return visitor;
	}

	private static MockHttpServletRequest request(MockHttpSession http) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.setSession(http);
		return request;
	}

	private static void assertRefused(ThrowingCallable question, int status, String retryAfter) {
		assertThatExceptionOfType(RefusedException.class).isThrownBy(question).satisfies((refused) -> {
			assertThat(refused.getStatusCode().value()).isEqualTo(status);
			assertThat(refused.getHeaders().getFirst("Retry-After")).isEqualTo(retryAfter);
			assertThat(refused.getBody().getDetail()).isNotBlank();
		});
	}

	private static ChatProperties limits(int answers, int visitors) {
		return new ChatProperties(answers, visitors, 2000, Duration.ofSeconds(30), Duration.ofMinutes(2));
	}

}
