package dev.streaming.testsupport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A provider's side of one connection that is read as a transcript: what the client has
 * to say next, and what is answered, both in JSON. It knows no protocol.
 */
public final class JsonPeer {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final RawWebSocketConnection connection;

	private final boolean binary;

	/**
	 * Create a peer.
	 * @param connection the connection, already upgraded
	 * @param binary whether to speak in binary frames
	 */
	public JsonPeer(RawWebSocketConnection connection, boolean binary) {
		this.connection = connection;
		this.binary = binary;
	}

	/**
	 * Say something.
	 * @param messages JSON, with single quotes
	 * @throws IOException if the connection is broken
	 */
	public void say(String... messages) throws IOException {
		for (String message : messages) {
			String json = message.replace('\'', '"');
			if (this.binary) {
				this.connection.binary(json.getBytes(StandardCharsets.UTF_8));
			}
			else {
				this.connection.text(json);
			}
		}
	}

	/**
	 * Return the next message of the client.
	 * @return the message
	 * @throws IOException if the connection is broken
	 */
	public JsonNode hear() throws IOException {
		ReceivedMessage message = this.connection.readMessage();
		if (message == null) {
			throw new AssertionError("The client has nothing more to say");
		}
		if (!message.isText()) {
			throw new AssertionError("The client speaks in binary frames");
		}
		return MAPPER.readTree(message.text());
	}

	/**
	 * Return the next message of the client that has a property.
	 * @param pointer where the property is
	 * @return the property
	 * @throws IOException if the connection is broken
	 */
	public JsonNode hear(String pointer) throws IOException {
		JsonNode message = hear();
		JsonNode property = message.at(pointer);
		if (property.isMissingNode()) {
			throw new AssertionError("There is no " + pointer + " in " + message);
		}
		return property;
	}

	/**
	 * Return the next message of the client that is of a type.
	 * @param type the type
	 * @return the message
	 * @throws IOException if the connection is broken
	 */
	public JsonNode hearType(String type) throws IOException {
		JsonNode message = hear();
		if (!type.equals(message.path("type").asString(""))) {
			throw new AssertionError("Not " + type + " but " + message);
		}
		return message;
	}

	/**
	 * The client closes the connection next.
	 * @throws IOException if the connection is broken
	 */
	public void hearClose() throws IOException {
		RawFrame frame = this.connection.readFrame();
		if (frame.opcode() != RawFrame.CLOSE) {
			throw new AssertionError("Not a close frame but " + frame.text());
		}
		this.connection.frame(RawFrame.of(RawFrame.CLOSE, true, frame.payload()));
	}

	/**
	 * Close the connection and wait until the client has agreed.
	 * @param code the code
	 * @param reason the reason
	 * @throws IOException if the connection is broken
	 */
	public void close(int code, String reason) throws IOException {
		this.connection.close(code, reason);
		this.connection.awaitEnd();
	}

}
