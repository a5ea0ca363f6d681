package dev.streaming.autoconfigure;

import java.util.Map;
import java.util.Set;

import dev.streaming.HandshakeCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Checks at start-up, after all beans were defined, that connections and beans match.
 */
final class StreamingStartupCheck implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(StreamingStartupCheck.class);

	private final SessionHandlers handlers;

	private final Set<String> connections;

	private final ListableBeanFactory beanFactory;

	StreamingStartupCheck(SessionHandlers handlers, Set<String> connections, ListableBeanFactory beanFactory) {
		this.handlers = handlers;
		this.connections = connections;
		this.beanFactory = beanFactory;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.handlers.check();
		Map<String, HandshakeCustomizer> customizers = BeanFactoryUtils.beansOfTypeIncludingAncestors(this.beanFactory,
				HandshakeCustomizer.class);
		customizers.forEach((name, customizer) -> {
			if (this.connections.stream().noneMatch(customizer::supports)) {
				logger.atWarn()
					.log("HandshakeCustomizer bean '{}' is never called: it supports none of the connections {}."
							+ " Override supports(connectionName) to select the connections", name, this.connections);
			}
		});
	}

}
