package dev.streaming.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;

import dev.streaming.MediaData;
import dev.streaming.Session;
import dev.streaming.protocol.ProviderServer.Greeting;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.SessionChange;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions of one protocol as a file: what each side does, at the beginning of a line,
 * and indented below it all that comes of it.
 *
 * <pre>
 * == a new session begins
 * connected MESSAGE, said to the client at once, in place of the usual words
 * setup MESSAGE, said behind the client's setup
 * open
 * {"type": "an event of the server"}
 * call respond, a call of the application
 * working on, tools take their time until working off
 * pass PT1S, the clock is turned
 * close 1000, the server closes the connection
 * changing STEP, which makes the session change its connection
 * </pre>
 */
final class EventScript {

	private static final Path FOLDER = Path.of("src", "test", "resources", "protocol");

	private static final String INDENT = "    ";

	private static final Map<String, BiConsumer<RealtimeClient, Session>> CALLS = Map.ofEntries(
			Map.entry("respond", (client, session) -> client.respond()),
			Map.entry("cancel", (client, session) -> client.cancel()),
			Map.entry("sendText", (client, session) -> client.sendText("Hello")),
			Map.entry("sendImage",
					(client, session) -> client.sendImage(new MediaData(new byte[] { 1, 2, 3 }, "image/png", 0, 0))),
			Map.entry("sendAudio", (client, session) -> client.sendAudio(new byte[480])),
			Map.entry("commitAudio", (client, session) -> client.commitAudio()),
			Map.entry("truncate", (client, session) -> client.truncate(Duration.ofMillis(5))),
			Map.entry("toolResult", (client, session) -> client.toolResult("c2", "unknown", "{}")),
			Map.entry("approve", (client, session) -> client.approve("q1", true)),
			Map.entry("update", (client, session) -> client.update(change("truncation", "disabled"))),
			Map.entry("updateInput", (client, session) -> client.update(change("include", List.of()))),
			Map.entry("updateInstructions",
					(client, session) -> client.update(SessionChange.builder().instructions("Speak German").build())),
			Map.entry("rawUpdate", (client, session) -> session.send(Map.of("type", "session.update", "session",
					Map.of("delegation", Map.of("responses", Map.of("model", "gpt-work-2")))))));

	private final Path file;

	private final List<String> lines;

	EventScript(Protocol protocol) {
		this.file = FOLDER.resolve(protocol.provider() + ".txt");
		try {
			this.lines = Files.readAllLines(this.file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static SessionChange change(String name, Object value) {
		return SessionChange.builder().setup(Map.of(name, value)).build();
	}

	/**
	 * Return the events of the server and what comes of them, by the file. What comes of
	 * the words to a new client shows when the session is open.
	 * @return the events, in order
	 */
	List<Event> events() {
		List<Event> events = new ArrayList<>();
		List<String> outcome = new ArrayList<>();
		for (String line : this.lines) {
			if (line.startsWith(INDENT)) {
				outcome.add(line.strip());
				continue;
			}
			boolean greeting = line.startsWith("connected ") || line.startsWith("setup ");
			if (!greeting && !line.equals("open")) {
				outcome = new ArrayList<>();
			}
			int json = line.indexOf('{');
			if (json >= 0 && !line.startsWith("#")) {
				events.add(new Event(line.substring(json), greeting, outcome));
			}
		}
		return events;
	}

	/**
	 * Run all steps of the file.
	 * @param protocol the protocol
	 * @param wire the way to the provider
	 * @return the file as it should be
	 */
	List<String> run(Protocol protocol, Wire wire) throws InterruptedException {
		try (Run run = new Run(protocol, wire)) {
			for (String line : this.lines) {
				if (!line.startsWith(INDENT)) {
					run.line(line);
				}
			}
			return run.written;
		}
	}

	/**
	 * Compare the file with what it should be, up to the first difference.
	 * @param actual the file as it should be
	 */
	void assertSame(List<String> actual) {
		for (int i = 0; i < Math.min(actual.size(), this.lines.size()); i++) {
			String next = String.join("\n", actual.subList(i, Math.min(actual.size(), i + 5)));
			assertThat(actual.get(i))
				.as("line %d of %s, which -Ddocs.write=true brings up to date; actual:%n%s%n", i + 1, this.file, next)
				.isEqualTo(this.lines.get(i));
		}
		assertThat(actual).hasSameSizeAs(this.lines);
	}

	void write(List<String> actual) {
		try {
			Files.write(this.file, actual);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * An event and what comes of it.
	 *
	 * @param message the event
	 * @param greeting whether it is one of several words to a new client
	 * @param outcome what comes of it
	 */
	record Event(String message, boolean greeting, List<String> outcome) {

		boolean isIgnored() {
			return this.outcome.isEmpty();
		}

		boolean isChunk() {
			return this.outcome.stream().anyMatch((line) -> line.startsWith("chunk "));
		}

	}

	private static final class Run implements AutoCloseable {

		private final Protocol protocol;

		private final Wire wire;

		private final List<String> written = new ArrayList<>();

		private final List<String> connected = new ArrayList<>();

		private final List<String> setUp = new ArrayList<>();

		private @Nullable ProtocolSession session;

		Run(Protocol protocol, Wire wire) {
			this.protocol = protocol;
			this.wire = wire;
		}

		void line(String line) throws InterruptedException {
			this.written.add(line);
			if (line.isEmpty() || line.startsWith("#")) {
				return;
			}
			String[] words = line.split(" ", 2);
			if (words[0].equals("changing")) {
				session().changing();
				outcome(words[1]);
			}
			else {
				outcome(line);
			}
		}

		private void outcome(String line) throws InterruptedException {
			String[] words = line.split(" ", 2);
			List<String> outcome = switch (words[0]) {
				case "==" -> begin();
				case "connected" -> add(this.connected, words[1]);
				case "setup" -> add(this.setUp, words[1]);
				case "open" -> session().open(new Greeting(List.copyOf(this.connected), List.copyOf(this.setUp)));
				case "pass" -> session().waiting(Duration.parse(words[1]));
				case "close" -> session().close(new CloseStatus(Integer.parseInt(words[1])));
				case "working" -> session().working(words[1].equals("on"));
				case "call" -> session().call(Objects.requireNonNull(CALLS.get(words[1]), words[1]));
				default -> session().say(line);
			};
			outcome.forEach((each) -> this.written.add(INDENT + each));
		}

		private List<String> begin() {
			close();
			this.connected.clear();
			this.setUp.clear();
			this.session = new ProtocolSession(this.protocol, this.wire);
			return List.of();
		}

		private static List<String> add(List<String> greeting, String message) {
			greeting.add(message);
			return List.of();
		}

		private ProtocolSession session() {
			return Objects.requireNonNull(this.session, "A session begins with ==");
		}

		@Override
		public void close() {
			if (this.session != null) {
				this.session.close();
			}
		}

	}

}
