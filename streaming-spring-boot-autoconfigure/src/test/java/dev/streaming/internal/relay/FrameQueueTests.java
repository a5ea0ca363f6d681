package dev.streaming.internal.relay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Output that waits for a browser, and output that is kept for it.
 */
@Rule("R4")
class FrameQueueTests {

	private final FrameQueue queue = new FrameQueue(1_000, 500);

	@Test
	void framesComeOutInOrder() {
		add(1, "one");
		this.queue.add(new Frame.Audio(new byte[10]));
		add(2, "two");
		assertThat(drain()).containsExactly("one", "audio", "two");
	}

	@Test
	void hasRoomUpToItsLimit() {
		assertThat(this.queue.hasRoom()).isTrue();
		this.queue.add(new Frame.Audio(new byte[1_000]));
		assertThat(this.queue.hasRoom()).isFalse();
		this.queue.next();
		assertThat(this.queue.hasRoom()).isTrue();
		assertThat(this.queue.weight()).isZero();
	}

	@Test
	void staleIsWhatOnlyMattersAtOnce() {
		add(1, "kept");
		add(0, "passing");
		this.queue.add(new Frame.Audio(new byte[10]));
		this.queue.dropAudio();
		assertThat(this.queue.weight()).isEqualTo(2L * Frame.OVERHEAD + "keptpassing".length());
		this.queue.dropStale();
		assertThat(drain()).containsExactly("kept");
	}

	@Test
	void whatWasNotReceivedIsSentAgain() {
		add(1, "one");
		add(2, "two");
		add(3, "three");
		drain();
		add(4, "four");
		this.queue.resume(1, Frame.Event.of(0, "ready"));
		assertThat(drain()).containsExactly("ready", "two", "three", "four");
		this.queue.resume(4, Frame.Event.of(0, "ready"));
		assertThat(drain()).containsExactly("ready");
		assertThat(this.queue.isComplete(0)).isTrue();
	}

	@Test
	void historyIsBoundedAndReportsMissingFrames() {
		for (int i = 1; i <= 20; i++) {
			add(i, "x".repeat(36));
		}
		drain();
		assertThat(this.queue.weight()).isEqualTo(500);
		assertThat(this.queue.isComplete(14)).isFalse();
		assertThat(this.queue.isComplete(15)).isTrue();
	}

	private void add(long number, String text) {
		this.queue.add(Frame.Event.of(number, text));
	}

	private List<String> drain() {
		List<String> texts = new ArrayList<>();
		for (Frame frame = this.queue.next(); frame != null; frame = this.queue.next()) {
			texts
				.add((frame instanceof Frame.Event event) ? new String(event.utf8(), StandardCharsets.UTF_8) : "audio");
		}
		return texts;
	}

}
