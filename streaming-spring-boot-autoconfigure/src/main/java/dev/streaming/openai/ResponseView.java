package dev.streaming.openai;

import dev.streaming.openai.ModelResponse.Delivery;

/**
 * A response as an event of it finds it.
 *
 * @param id its id, or empty
 * @param beside whether it is beside the conversation
 * @param delivery the part of it that is delivered
 * @param answer the number of the answer that it is part of
 */
record ResponseView(String id, boolean beside, Delivery delivery, long answer) {

	boolean isDelivered() {
		return this.delivery == Delivery.ALL || this.delivery == Delivery.WITHOUT_AUDIO;
	}

	boolean isHeard() {
		return this.delivery == Delivery.ALL;
	}

}
