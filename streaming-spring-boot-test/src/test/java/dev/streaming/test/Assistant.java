package dev.streaming.test;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.realtime.RealtimeAnswerException;
import dev.streaming.realtime.RealtimeClient;

import org.springframework.stereotype.Service;

/**
 * An application's service: asks again when an answer is lost.
 */
@Service
class Assistant {

	private final SessionFactory sessions;

	Assistant(SessionFactory sessions) {
		this.sessions = sessions;
	}

	String ask(String question) throws InterruptedException {
		try (Session session = this.sessions.open("assistant")) {
			RealtimeClient client = RealtimeClient.of(session);
			try {
				return client.ask(question).text();
			}
			catch (RealtimeAnswerException ex) {
				return client.ask(question).text();
			}
		}
	}

}
