package dev.streaming.sample.provider;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.HttpSessionHandshakeInterceptor;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/**
 * Configuration of {@link SlowPages} in front of the relay, for demonstration only.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnEmbeddedProvider
class SlowPageConfiguration {

	private static final String RELAY = "streamingRelayHandlerMapping";

	@Bean
	static SlowPages slowPages() {
		return new SlowPages();
	}

	@Bean
	static InstantiationAwareBeanPostProcessor slowRelay(SlowPages pages) {
		return new InstantiationAwareBeanPostProcessor() {

			// Before the mapping registers its handlers
			@Override
			public boolean postProcessAfterInstantiation(Object bean, String name) {
				if (RELAY.equals(name) && bean instanceof WebSocketHandlerMapping mapping) {
					Map<String, Object> handlers = new LinkedHashMap<>(mapping.getUrlMap());
					handlers.replaceAll((path, handler) -> slow((WebSocketHttpRequestHandler) handler, pages));
					mapping.setUrlMap(handlers);
				}
				return true;
			}

		};
	}

	private static WebSocketHttpRequestHandler slow(WebSocketHttpRequestHandler relay, SlowPages pages) {
		List<HandshakeInterceptor> interceptors = new ArrayList<>(relay.getHandshakeInterceptors());
		HttpSessionHandshakeInterceptor visitor = new HttpSessionHandshakeInterceptor();
		visitor.setCopyAllAttributes(false);
		interceptors.add(visitor);
		WebSocketHttpRequestHandler slow = new WebSocketHttpRequestHandler(pages.decorate(relay.getWebSocketHandler()),
				relay.getHandshakeHandler());
		slow.setHandshakeInterceptors(interceptors);
		return slow;
	}

}
