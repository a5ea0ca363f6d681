package dev.streaming.openai;

import dev.streaming.openai.ModelResponse.Delivery;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * State of a response at the time of one of its events.
 *
 * @param id its id, or empty
 * @param beside whether it is beside the conversation
 * @param delivery the part of it that is delivered
 * @param answer the number of the answer that it is part of
 * @param question the question whose answer it is part of, or {@code null}
 */
record ResponseView(String id, boolean beside, Delivery delivery, long answer, @Nullable Question question) {

	/**
	 * Create the view of an unknown response.
	 * @param id the id that an event names, or empty
	 * @param delivery the part of it that is delivered
	 * @param answer the number of the newest answer
	 */
	ResponseView(String id, Delivery delivery, long answer) {
		this(id, false, delivery, answer, null);
	}

	boolean isDelivered() {
		return this.delivery == Delivery.ALL || this.delivery == Delivery.WITHOUT_AUDIO;
	}

	boolean isHeard() {
		return this.delivery == Delivery.ALL;
	}

}
