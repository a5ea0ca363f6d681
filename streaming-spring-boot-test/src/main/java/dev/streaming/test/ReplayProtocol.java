package dev.streaming.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import dev.streaming.Message;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

/**
 * Replays a recorded transcript. Independent of the protocol.
 */
final class ReplayProtocol extends WireProtocol {

	private final List<Recording.Line> lines;

	private int next;

	ReplayProtocol(Conversation conversation, List<Recording.Line> lines) {
		super(conversation, "A recorded transcript is replayed, which has no script");
		this.lines = lines;
	}

	@Override
	void opened() {
		proceed();
	}

	private void proceed() {
		while (this.next < this.lines.size() && !this.lines.get(this.next).sent()) {
			Recording.Line line = this.lines.get(this.next++);
			conversation().said(line.type());
			send(line.message().toString());
		}
	}

	@Override
	void received(JsonNode message) {
		String type = Recording.type(message);
		conversation().log(kind(message, type), "", Duration.ZERO, message);
		boolean audio = Recording.AUDIO.contains(type);
		if (audio && !isNext(type)) {
			// There may be more pieces than were recorded
			return;
		}
		while (!audio && this.next < this.lines.size() && this.lines.get(this.next).isAudio()) {
			// Or fewer
			this.next++;
			proceed();
		}
		if (!isNext(type)) {
			String expected = (this.next < this.lines.size()) ? this.lines.get(this.next).type() : "nothing more";
			conversation().provider()
				.book()
				.failed("It received " + type + " where the recording has " + expected + ", message " + (this.next + 1)
						+ " of " + this.lines.size());
			return;
		}
		this.next++;
		proceed();
	}

	private boolean isNext(String type) {
		return this.next < this.lines.size() && this.lines.get(this.next).type().equals(type);
	}

	private static Received.Kind kind(JsonNode message, String type) {
		if (Recording.AUDIO.contains(type)) {
			return Received.Kind.AUDIO;
		}
		return switch (type) {
			case "session.update", "session.start", "setup" -> Received.Kind.SETUP;
			case "response.create" -> Received.Kind.REQUEST;
			case "toolResponse", "response.item.create" -> Received.Kind.TOOL_RESULT;
			case "conversation.item.create" -> message.at("/item/type").asString("").equals("function_call_output")
					? Received.Kind.TOOL_RESULT : Received.Kind.TEXT;
			case "clientContent", "realtimeInput.text", "session.instructions.append" -> Received.Kind.TEXT;
			default -> Received.Kind.OTHER;
		};
	}

	@Override
	void send(String json) {
		boolean binary = this.lines.stream().anyMatch((line) -> line.type().equals("setup"));
		conversation().send(binary ? Message.binary(json.getBytes(StandardCharsets.UTF_8)) : Message.text(json));
	}

	@Override
	void expire() {
		conversation().close(new CloseStatus(1001, "expired"));
	}

}
