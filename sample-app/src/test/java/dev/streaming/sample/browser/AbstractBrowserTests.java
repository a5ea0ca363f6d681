package dev.streaming.sample.browser;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.streaming.sample.provider.SpokenWords;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The sample in a real browser with a microphone that hears a known sound. Where there is
 * no Chromium these tests are skipped, but never in CI. What was seen is in
 * {@code target/screenshots}.
 */
@Tag("socket")
@Tag("browser")
@Timeout(120)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "streaming.relay.reattach-for=2s", "streaming.connections.voice.conn.retry-backoff-base=200ms",
				"streaming.connections.voice.session.reconnect-stable-after=50ms",
				"streaming.connections.voice.session.answer-timeout=4s",
				"streaming.connections.voice.conn.heartbeat-interval=1s",
				"streaming.connections.voice.conn.pong-timeout=1s" })
abstract class AbstractBrowserTests {

	private static Chromium chromium;

	private static final Path DIRECTORY = Path.of("target", "chromium").toAbsolutePath();

	@LocalServerPort
	private int port;

	private final List<Chromium.Page> pages = new ArrayList<>();

	@BeforeEach
	void start() throws IOException {
		boolean there = Chromium.executable().isPresent();
		if (System.getenv("CI") != null) {
			assertThat(there).as("a Chromium; .ci/run installs it").isTrue();
		}
		assumeTrue(there, "No Chromium: install it with 'apt-get install chromium' to run the tests in a browser");
		if (chromium == null) {
			FileSystemUtils.deleteRecursively(DIRECTORY);
			Path microphone = Files.createDirectories(DIRECTORY).resolve("microphone.wav");
			Files.write(microphone, wav(microphone()));
			chromium = new Chromium(Chromium.executable().orElseThrow(), DIRECTORY.resolve("profile"), microphone);
		}
	}

	@AfterEach
	void nothingWasWrong() {
		for (Chromium.Page page : this.pages) {
			assertThat(page.complaints()).isEmpty();
			assertThat(page.requests()).isNotEmpty()
				.allMatch((url) -> url.matches("(http|ws)://localhost:" + this.port + "/.*"));
			page.close();
		}
	}

	@AfterAll
	static void stop() {
		if (chromium != null) {
			chromium.close();
			chromium = null;
		}
	}

	Chromium.Page visit() {
		Chromium.Page page = chromium.newVisitor();
		page.size(1280, 900, false);
		page.dark(false);
		page.open("http://localhost:" + this.port + "/");
		this.pages.add(page);
		page.awaitTrue("window.relay && document.querySelector('#state').textContent === 'open'");
		return page;
	}

	/** A second of silence, speech, and four seconds of silence, again and again. */
	private static byte[] microphone() {
		byte[] speech = SpokenWords.speak("Hello there, how are you today?");
		byte[] all = Arrays.copyOf(new byte[48_000], 48_000 + speech.length + 4 * 48_000);
		System.arraycopy(speech, 0, all, 48_000, speech.length);
		return all;
	}

	/** The page is closed, and not looked at any more. */
	void leave(Chromium.Page page) {
		this.pages.remove(page);
		page.close();
	}

	private static byte[] wav(byte[] pcm) {
		ByteBuffer file = ByteBuffer.allocate(44 + pcm.length).order(ByteOrder.LITTLE_ENDIAN);
		file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + pcm.length);
		file.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16).putShort((short) 1).putShort((short) 1);
		file.putInt(24_000).putInt(48_000).putShort((short) 2).putShort((short) 16);
		file.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(pcm.length).put(pcm);
		return file.array();
	}

}
