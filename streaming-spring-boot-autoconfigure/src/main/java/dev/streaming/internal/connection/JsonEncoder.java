package dev.streaming.internal.connection;

import java.io.InputStream;
import java.nio.Buffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Map;

import dev.streaming.Message;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;
import org.springframework.util.ConcurrentReferenceHashMap;

/**
 * Encodes the values that are passed to {@code send}.
 */
public final class JsonEncoder {

	// A copy of a mapper has its own caches, which are costly to fill
	private static final Map<JsonMapper, JsonMapper> MAPPERS = new ConcurrentReferenceHashMap<>(4);

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
			return Message.text(MAPPERS.computeIfAbsent(mapper, ForeignTypesModule::addTo).writeValueAsString(message));
		}
		catch (UnencodableTypeException ex) {
			throw new IllegalArgumentException(ex.getOriginalMessage() + "; nothing was sent", ex);
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException(
					"A " + message.getClass().getName() + " cannot be encoded as JSON; nothing was sent", ex);
		}
	}

}
