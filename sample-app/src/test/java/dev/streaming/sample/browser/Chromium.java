package dev.streaming.sample.browser;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A headless Chromium, spoken to in its own protocol, so that no driver has to fit it.
 */
final class Chromium implements AutoCloseable {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final List<String> CONTROLS = List.of("button", "textbox", "radio", "link", "meter", "log", "region",
			"heading");

	private static final String LISTENING = "DevTools listening on ";

	private final Process process;

	private final WebSocket socket;

	private final AtomicInteger ids = new AtomicInteger();

	private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();

	private final List<JsonNode> events = new CopyOnWriteArrayList<>();

	Chromium(Path executable, Path profile, Path microphone) throws IOException {
		this.process = new ProcessBuilder(executable.toString(), "--headless=new", "--no-sandbox", "--disable-gpu",
				"--disable-dev-shm-usage", "--remote-debugging-port=0", "--user-data-dir=" + profile, "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-default-apps",
				"--disable-sync", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
				"--use-file-for-fake-audio-capture=" + microphone, "--autoplay-policy=user-gesture-required",
				"about:blank")
			.redirectErrorStream(true)
			.start();
		this.socket = HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.connectTimeout(Duration.ofSeconds(20))
			.buildAsync(URI.create(address()), new Listener())
			.join();
	}

	/** Where Debian and others put it. */
	static Optional<Path> executable() {
		return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
			.map(Path::of)
			.filter(Files::isExecutable)
			.findFirst();
	}

	private String address() throws IOException {
		BufferedReader output = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8));
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			if (line.startsWith(LISTENING)) {
				Thread drain = new Thread(() -> output.lines().forEach((rest) -> {
				}));
				drain.setDaemon(true);
				drain.start();
				return line.substring(LISTENING.length()).strip();
			}
		}
		throw new IOException("Chromium did not start");
	}

	/** A visitor of its own: no cookies and no storage of others. */
	Page newVisitor() {
		JsonNode context = call(null, "Target.createBrowserContext", Map.of());
		return newPage(context.path("browserContextId").asString());
	}

	private Page newPage(String context) {
		String target = call(null, "Target.createTarget", Map.of("url", "about:blank", "browserContextId", context))
			.path("targetId")
			.asString();
		String session = call(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
			.path("sessionId")
			.asString();
		for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
			call(session, domain + ".enable", Map.of());
		}
		return new Page(target, session);
	}

	private JsonNode call(@Nullable String session, String method, Map<String, ?> parameters) {
		int id = this.ids.incrementAndGet();
		CompletableFuture<JsonNode> answer = new CompletableFuture<>();
		this.calls.put(id, answer);
		Map<String, Object> message = new LinkedHashMap<>();
		message.put("id", id);
		message.put("method", method);
		message.put("params", parameters);
		if (session != null) {
			message.put("sessionId", session);
		}
		synchronized (this.socket) {
			this.socket.sendText(MAPPER.writeValueAsString(message), true).join();
		}
		JsonNode result = answer.orTimeout(30, TimeUnit.SECONDS).join();
		if (result.has("error")) {
			throw new IllegalStateException(method + ": " + result.path("error"));
		}
		return result.path("result");
	}

	@Override
	public void close() {
		this.socket.abort();
		this.process.destroy();
		this.process.onExit()
			.orTimeout(10, TimeUnit.SECONDS)
			.exceptionally((late) -> this.process.destroyForcibly())
			.join();
	}

	/**
	 * A page.
	 */
	final class Page implements AutoCloseable {

		private final String target;

		private final String session;

		private Page(String target, String session) {
			this.target = target;
			this.session = session;
		}

		Page open(String url) {
			call(this.session, "Page.navigate", Map.of("url", url));
			return this;
		}

		void reload() {
			call(this.session, "Page.reload", Map.of());
		}

		JsonNode eval(String expression) {
			JsonNode result = call(this.session, "Runtime.evaluate",
					Map.of("expression", expression, "returnByValue", true, "awaitPromise", true, "userGesture", true));
			if (result.has("exceptionDetails")) {
				throw new IllegalStateException(expression + ": " + result.path("exceptionDetails"));
			}
			return result.path("result").path("value");
		}

		void awaitTrue(String expression) {
			Awaitility.await(expression)
				.atMost(Duration.ofSeconds(30))
				.pollInterval(Duration.ofMillis(100))
				.ignoreExceptions()
				.until(() -> eval("!!(" + expression + ")").asBoolean(false));
		}

		/** Wait until the first element of a selector contains a text. */
		void awaitText(String selector, String text) {
			awaitTrue("document.querySelector('" + selector + "')?.textContent.includes('" + text + "')");
		}

		/** Wait for a promise of true. */
		void awaitAsync(String promise) {
			Awaitility.await(promise)
				.atMost(Duration.ofSeconds(30))
				.pollInterval(Duration.ofMillis(200))
				.ignoreExceptions()
				.until(() -> eval(promise).asBoolean(false));
		}

		String text(String selector) {
			return eval("[...document.querySelectorAll('" + selector + "')].map((e) => e.textContent).join('\\n')")
				.asString();
		}

		void click(String selector) {
			JsonNode place = eval("(() => { const e = document.querySelector('" + selector
					+ "'); e.scrollIntoView({ block: 'center' }); const r = e.getBoundingClientRect();"
					+ " return { x: r.x + r.width / 2, y: r.y + r.height / 2 }; })()");
			for (String type : List.of("mousePressed", "mouseReleased")) {
				call(this.session, "Input.dispatchMouseEvent", Map.of("type", type, "x", place.path("x").asDouble(),
						"y", place.path("y").asDouble(), "button", "left", "clickCount", 1));
			}
		}

		void say(String words) {
			eval("document.getElementById('text').focus()");
			call(this.session, "Input.insertText", Map.of("text", words));
			click("#send");
		}

		/** Press or release a key, as the user does. */
		void key(String type, String key, String code) {
			call(this.session, "Input.dispatchKeyEvent",
					Map.of("type", type, "key", key, "code", code, "text", key.equals(" ") ? key : ""));
		}

		/** Return the roles of the controls for which a screen reader has no name. */
		List<String> namelessControls() {
			List<String> nameless = new ArrayList<>();
			for (JsonNode node : call(this.session, "Accessibility.getFullAXTree", Map.of()).path("nodes").values()) {
				String role = node.at("/role/value").asString("");
				if (!node.path("ignored").asBoolean(false) && CONTROLS.contains(role)
						&& node.at("/name/value").asString("").isBlank()) {
					nameless.add(role);
				}
			}
			return nameless;
		}

		void dark(boolean dark) {
			call(this.session, "Emulation.setEmulatedMedia", Map.of("features",
					List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
		}

		void size(int width, int height, boolean mobile) {
			call(this.session, "Emulation.setDeviceMetricsOverride",
					Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", mobile));
		}

		void screenshot(String name) throws IOException {
			Path directory = Files.createDirectories(Path.of("target", "screenshots"));
			String image = call(this.session, "Page.captureScreenshot", Map.of("format", "png")).path("data")
				.asString();
			Files.write(directory.resolve(name + ".png"), Base64.getDecoder().decode(image));
		}

		/** Return the errors in the console of the page. */
		List<String> complaints() {
			List<String> found = new ArrayList<>();
			for (JsonNode event : events()) {
				String method = event.path("method").asString();
				JsonNode parameters = event.path("params");
				if (method.equals("Runtime.exceptionThrown")
						|| (method.equals("Log.entryAdded")
								&& parameters.path("entry").path("level").asString().equals("error"))
						|| (method.equals("Runtime.consoleAPICalled")
								&& parameters.path("type").asString().matches("error|warning"))) {
					found.add(parameters.toString());
				}
			}
			return found;
		}

		/** The addresses that were asked for. */
		List<String> requests() {
			return events().stream().map((event) -> switch (event.path("method").asString()) {
				case "Network.requestWillBeSent" -> event.at("/params/request/url").asString();
				case "Network.webSocketCreated" -> event.at("/params/url").asString();
				default -> "";
			}).filter((url) -> !url.isEmpty()).toList();
		}

		private List<JsonNode> events() {
			return Chromium.this.events.stream()
				.filter((event) -> this.session.equals(event.path("sessionId").asString("")))
				.toList();
		}

		@Override
		public void close() {
			call(null, "Target.closeTarget", Map.of("targetId", this.target));
		}

	}

	private final class Listener implements WebSocket.Listener {

		private final StringBuilder parts = new StringBuilder();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
			this.parts.append(data);
			if (last) {
				JsonNode message = MAPPER.readTree(this.parts.toString());
				this.parts.setLength(0);
				CompletableFuture<JsonNode> call = Chromium.this.calls.remove(message.path("id").asInt(0));
				if (call != null) {
					call.complete(message);
				}
				else {
					Chromium.this.events.add(message);
				}
			}
			webSocket.request(1);
			return null;
		}

	}

}
