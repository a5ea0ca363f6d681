package dev.streaming.test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeClient;

/**
 * An application's playback of one call.
 */
final class Phone implements AutoCloseable {

	final List<String> events = new CopyOnWriteArrayList<>();

	private final Session session;

	private final Thread playback = new Thread(this::play, "playback");

	Phone(Session session) {
		this.session = session;
		this.playback.start();
	}

	private void play() {
		RealtimeClient client = RealtimeClient.of(this.session);
		for (StreamChunk chunk : this.session.response()) {
			if (chunk.interrupted()) {
				this.events.add("stop");
				client.truncate(Duration.ofMillis(150));
			}
			else if (chunk.media() != null) {
				this.events.add("play");
			}
		}
	}

	@Override
	public void close() {
		this.session.close();
		try {
			this.playback.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
