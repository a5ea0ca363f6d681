package dev.streaming.test;

import java.time.Duration;
import java.util.List;

import dev.streaming.Message;
import dev.streaming.test.Turn.Ending;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

/**
 * Protocol for an unknown handler: each message is a request, and each piece of a text a
 * message.
 */
final class PlainProtocol extends WireProtocol {

	PlainProtocol(Conversation conversation) {
		super(conversation,
				"The connection has a custom handler, whose protocol is unknown;" + " script it with reply and raw");
	}

	@Override
	void received(JsonNode message) {
		plain(message.toString(), message);
	}

	void plain(String text, JsonNode message) {
		conversation().log(Received.Kind.TEXT, text, Duration.ZERO, message);
		conversation().asked(new Request(Request.Kind.TEXT, text, List.of()));
	}

	@Override
	void begin(Turn turn) {
		// There is no such message
	}

	@Override
	void text(Turn turn, String piece) {
		conversation().said(piece);
		send(piece);
	}

	@Override
	void transcript(Turn turn, String piece) {
		text(turn, piece);
	}

	@Override
	void audio(Turn turn, byte[] audio) {
		conversation().said("audio, " + audio.length + " bytes");
		conversation().send(Message.binary(audio));
	}

	@Override
	void end(Turn turn, Ending ending) {
		// There is no such message
	}

	@Override
	void error(Request request, String code, String message) {
		conversation().close(new CloseStatus(1011, code));
	}

}
