package dev.streaming.openai;

import dev.streaming.openai.ModelResponse.Place;

/**
 * Properties of a response that the provider reports at its beginning and end.
 *
 * @param id its id, or empty
 * @param place whether it is in the conversation
 * @param key the key of the question beside the conversation that it answers, or empty
 */
record ResponseHead(String id, Place place, String key) {

	static ResponseHead unnamed(String id) {
		return new ResponseHead(id, Place.CONVERSATION, "");
	}

}
