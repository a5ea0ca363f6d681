package dev.streaming.test;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Dial that a scripted provider has received.
 *
 * @param uri the dialled URL, which was neither resolved nor connected to
 * @param headers the headers of the upgrade request, including the key
 * @param outcome the outcome of the dial
 * @since 1.0.0
 */
public record Dialled(URI uri, Map<String, List<String>> headers, String outcome) {

	/**
	 * Return a header.
	 * @param name its name, case-insensitive
	 * @return its values, joined with commas, or empty if it was not sent
	 */
	public Optional<String> header(String name) {
		return this.headers.entrySet()
			.stream()
			.filter((header) -> header.getKey().equalsIgnoreCase(name))
			.map((header) -> String.join(", ", header.getValue()))
			.findFirst();
	}

	@Override
	public String toString() {
		return this.uri.getScheme() + "://" + this.uri.getHost() + this.uri.getPath() + " " + this.headers.keySet()
				+ " -> " + this.outcome;
	}

}
