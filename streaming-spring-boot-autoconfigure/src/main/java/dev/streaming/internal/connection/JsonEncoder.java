package dev.streaming.internal.connection;

import java.io.InputStream;
import java.nio.Buffer;
import java.nio.channels.ReadableByteChannel;

import dev.streaming.Message;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;

/**
 * Encodes what is given to {@code send}.
 */
public final class JsonEncoder {

	private JsonEncoder() {
	}

	public static Message encode(JsonMapper mapper, Object message) {
		Assert.notNull(message, "'message' must not be null");
		if (message instanceof Message || message instanceof byte[] || message instanceof Buffer
				|| message instanceof InputStream || message instanceof ReadableByteChannel) {
			throw new IllegalArgumentException("send(Object) encodes JSON, but was given a "
					+ message.getClass().getSimpleName() + "; use sendRaw(Message) to send it as it is");
		}
		try {
			return Message.text(mapper.writeValueAsString(message));
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException(
					"A " + message.getClass().getName() + " cannot be encoded as JSON; nothing was sent", ex);
		}
	}

}
