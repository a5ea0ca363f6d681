package dev.streaming.example;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.streaming.Message;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.StreamingHandler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A third provider: transcribes speech. Audio goes up in binary messages, by
 * {@code session.sendRaw(Message.binary(pcm))}; transcripts come down as JSON.
 */
@StreamingHandler("deepgram")
public class DeepgramHandler implements SessionHandler {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	@Override
	public void opened(SessionContext context) {
		keepAlive(context);
	}

	private static void keepAlive(SessionContext context) {
		// The provider closes after ten seconds of silence. The end of the session calls
		// the task off
		context.schedule(Duration.ofSeconds(4), () -> {
			say(context, "KeepAlive");
			keepAlive(context);
		});
	}

	@Override
	public List<StreamChunk> handle(Message message, SessionContext context) {
		JsonNode event = JSON.readTree(message.text());
		String transcript = event.at("/channel/alternatives/0/transcript").asString("");
		if (!"Results".equals(event.path("type").asString("")) || transcript.isEmpty()) {
			return List.of();
		}
		boolean last = event.path("is_final").asBoolean(false);
		return List.of(StreamChunk.builder().source("input").content(transcript).metadata("final", last).build());
	}

	@Override
	public void closing(SessionContext context) {
		say(context, "CloseStream");
	}

	private static void say(SessionContext context, String type) {
		try {
			context.send(Map.of("type", type));
		}
		catch (StreamingException ex) {
			// There is no connection at the moment: nothing to keep alive
		}
	}

}
