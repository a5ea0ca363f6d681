package dev.streaming.sample;

import java.util.Map;

import dev.streaming.realtime.RealtimeTool;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Tools of the model: every {@link RealtimeTool} bean is offered to it.
 */
@Configuration(proxyBeanMethods = false)
class Tools {

	@Bean
	RealtimeTool weather() {
		return RealtimeTool.of("weather", "Look up the weather in a city", Place.class,
				(place) -> Map.of("city", place.city(), "degrees", place.city().length() * 3));
	}

	/**
	 * Arguments of the tool, from which its schema is generated.
	 *
	 * @param city city to look up
	 */
	record Place(String city) {

	}

}
