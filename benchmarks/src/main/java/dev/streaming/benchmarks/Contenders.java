package dev.streaming.benchmarks;

import java.util.ArrayList;
import java.util.List;

import dev.streaming.TransportType;

/**
 * All contenders, by their names.
 */
final class Contenders {

	/** This library, as most use it. */
	static final List<String> SESSIONS = List.of("session-netty", "session-standard");

	/** Others, and {@code raw}, which is the limit for all. */
	static final List<String> PEERS = List.of("spring-by-hand", "okhttp", "java-websocket", "jetty", "jdk",
			"reactor-netty", "netty", "raw");

	/**
	 * Sessions that are a conversation with a provider, and the providers' own clients.
	 */
	static final List<String> CONVERSATIONS = List.of("openai-session-netty", "openai-session-standard", "openai-java",
			"gemini-session-netty", "gemini-session-standard", "google-genai");

	/** Names, with commas between them; empty for all. */
	private static final String WANTED = System.getProperty("contenders", "");

	private static final List<String> CONNS = List.of("conn-netty", "conn-standard");

	private Contenders() {
	}

	static List<String> sessionsAndPeers() {
		List<String> names = new ArrayList<>(SESSIONS);
		names.addAll(PEERS);
		return names;
	}

	/**
	 * Return the contenders whose memory, threads and number of sessions somebody would
	 * ask for.
	 * @return all but the limit
	 */
	static List<String> sessionsAndClients() {
		return sessionsAndPeers().stream().filter((name) -> !name.equals("raw")).toList();
	}

	static List<String> withConns() {
		List<String> names = new ArrayList<>(CONNS);
		names.addAll(sessionsAndPeers());
		return names;
	}

	static List<String> withWholeMessages() {
		List<String> names = withConns();
		names.add("spring-whole");
		return names;
	}

	/**
	 * Return whether a contender takes part.
	 * @param name its name
	 * @return whether it was not left out on the command line
	 */
	static boolean isWanted(String name) {
		return WANTED.isEmpty() || List.of(WANTED.split(",")).contains(name);
	}

	static List<String> all() {
		List<String> names = withWholeMessages();
		names.addAll(CONVERSATIONS);
		return names;
	}

	static Contender create(String name, Keys keys) throws Exception {
		return switch (name) {
			case "session-netty" -> ours(TransportType.NETTY, keys);
			case "session-standard" -> ours(TransportType.STANDARD, keys);
			case "conn-netty" -> ours(TransportType.NETTY, keys).conn();
			case "conn-standard" -> ours(TransportType.STANDARD, keys).conn();
			case "openai-session-netty" -> ours(TransportType.NETTY, keys).openAi();
			case "openai-session-standard" -> ours(TransportType.STANDARD, keys).openAi();
			case "gemini-session-netty" -> ours(TransportType.NETTY, keys).gemini();
			case "gemini-session-standard" -> ours(TransportType.STANDARD, keys).gemini();
			case "spring-by-hand" -> new SpringContender(keys.sslContext(), true);
			case "spring-whole" -> new SpringContender(keys.sslContext(), false);
			case "okhttp" -> new OkHttpContender(keys.sslContext(), keys.trust());
			case "java-websocket" -> new JavaWebSocketContender(keys.sslContext());
			case "jetty" -> new JettyContender(keys.sslContext());
			case "jdk" -> new JdkContender(keys.sslContext());
			case "reactor-netty" -> new ReactorNettyContender(keys.trust());
			case "netty" -> new NettyContender(keys.sslContext());
			case "raw" -> new RawContender(keys.sslContext());
			case "openai-java" -> new OpenAiJavaContender(keys.sslContext(), keys.trust());
			case "google-genai" -> new GoogleGenAiContender();
			default -> throw new IllegalArgumentException("There is no contender " + name);
		};
	}

	private static OurContenders ours(TransportType transport, Keys keys) throws Exception {
		return new OurContenders(transport, keys.sslContext());
	}

}
