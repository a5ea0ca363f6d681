package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/**
 * Base class for tests of a session with Gemini on virtual time.
 */
@Timeout(60)
abstract class AbstractGeminiTests {

	static final String TURN_COMPLETE = "{'serverContent':{'turnComplete':true}}";

	final GeminiFixture gemini = new GeminiFixture().virtualTime();

	private final List<StreamChunk> delivered = new ArrayList<>();

	@AfterEach
	void close() {
		this.gemini.close();
	}

	RealtimeClient client() throws InterruptedException {
		this.gemini.open();
		return this.gemini.client();
	}

	/**
	 * Wait until what was said, and what the clock let go, is handled.
	 */
	void settle() throws InterruptedException {
		this.delivered.addAll(this.gemini.takeUntilMarker());
	}

	/**
	 * All that was delivered, when what was said is handled.
	 */
	List<StreamChunk> heard() throws InterruptedException {
		settle();
		List<StreamChunk> chunks = List.copyOf(this.delivered);
		this.delivered.clear();
		return chunks;
	}

	void pass(Duration time) throws InterruptedException {
		settle();
		this.gemini.pass(time);
		settle();
	}

}
