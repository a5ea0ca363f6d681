package dev.streaming.test.readme;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.realtime.RealtimeClient;

import org.springframework.stereotype.Service;

@Service
class Assistant {

	private final SessionFactory sessions;

	Assistant(SessionFactory sessions) {
		this.sessions = sessions;
	}

	String ask(String question) throws InterruptedException {
		try (Session session = this.sessions.open("assistant")) {
			return RealtimeClient.of(session).ask(question).text();
		}
	}

}
