package dev.streaming.test;

import java.util.List;
import java.util.Map;

import dev.streaming.Message;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.RealtimeTool.Scheduling;
import dev.streaming.realtime.ToolApproval;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;

/**
 * The application under test.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(Assistant.class)
class TestApplication {

	@Bean
	ToolGate toolGate() {
		return new ToolGate();
	}

	@Bean
	RealtimeTool weather(ToolGate gate) {
		return RealtimeTool.of("get_weather", "The weather at a place", Place.class, (place) -> {
			gate.pass();
			return new Weather(place.city(), 7);
		});
	}

	@Bean
	RealtimeTool flights(ToolGate gate) {
		return new FlightSearch("search_flights", Scheduling.WHEN_IDLE, gate);
	}

	@Bean
	RealtimeTool urgentFlights(ToolGate gate) {
		return new FlightSearch("watch_flights", Scheduling.INTERRUPT, gate);
	}

	@Bean
	RealtimeTool silentFlights(ToolGate gate) {
		return new FlightSearch("save_flights", Scheduling.SILENT, gate);
	}

	@Bean
	RealtimeTool deleteTrip() {
		return RealtimeTool.of("delete_trip", "Deletes the trip", Map.class, (nothing) -> {
			throw new IllegalStateException("Nobody has approved this");
		});
	}

	@Bean
	ToolApproval approval() {
		return (call, context) -> !call.name().startsWith("delete_");
	}

	@Bean
	MeterRegistry meters() {
		return new SimpleMeterRegistry();
	}

	@Bean
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	EchoHandler echoHandler() {
		return new EchoHandler();
	}

	record Place(String city) {

	}

	record Weather(String city, int degrees) {

	}

	/**
	 * A handler of the application's own.
	 */
	static final class EchoHandler implements SessionHandler {

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			return List.of(StreamChunk.delta(message.text()));
		}

	}

}
