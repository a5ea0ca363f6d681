package dev.streaming.sample;

import java.util.Map;

import dev.streaming.realtime.RealtimeTool;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The tools of the model: every {@link RealtimeTool} bean is offered to it, and called
 * when it asks.
 */
@Configuration(proxyBeanMethods = false)
class Tools {

	@Bean
	RealtimeTool weather() {
		return RealtimeTool.of("weather", "Look up the weather in a city", Place.class,
				(place) -> Map.of("city", place.city(), "degrees", place.city().length() * 3));
	}

	/**
	 * The arguments, which are described to the model by their schema.
	 *
	 * @param city where to look
	 */
	record Place(String city) {

	}

}
