package dev.streaming.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.task.SimpleAsyncTaskExecutorBuilder;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.task.AsyncTaskExecutor;

/**
 * The executors, each of which a bean of its name replaces. They are no candidates for
 * injection by type, so that Spring Boot's {@code applicationTaskExecutor} stays the one
 * of the application.
 */
@Configuration(proxyBeanMethods = false)
class StreamingExecutorConfiguration {

	/** Runs handlers, reconnect hooks and listeners. */
	static final String TASK_EXECUTOR_BEAN_NAME = "streamingTaskExecutor";

	/** Runs handshake customizers. */
	static final String DIAL_EXECUTOR_BEAN_NAME = "streamingDialTaskExecutor";

	/** Runs the writes of messages, which block while the socket is full. */
	static final String SEND_EXECUTOR_BEAN_NAME = "streamingSendTaskExecutor";

	/** Calls tools. */
	static final String TOOL_EXECUTOR_BEAN_NAME = "streamingToolTaskExecutor";

	@Bean(name = TASK_EXECUTOR_BEAN_NAME, defaultCandidate = false)
	@ConditionalOnMissingBean(name = TASK_EXECUTOR_BEAN_NAME)
	AsyncTaskExecutor streamingTaskExecutor(StreamingProperties properties, Environment environment) {
		return executor("streaming-worker-", "sessions", properties.getThreads().getSessions(), environment);
	}

	// Not the same threads: a handler may open a session, which waits for a dial
	@Bean(name = DIAL_EXECUTOR_BEAN_NAME, defaultCandidate = false)
	@ConditionalOnMissingBean(name = DIAL_EXECUTOR_BEAN_NAME)
	AsyncTaskExecutor streamingDialTaskExecutor(StreamingProperties properties, Environment environment) {
		return executor("streaming-dial-", "sessions", properties.getThreads().getSessions(), environment);
	}

	@Bean(name = SEND_EXECUTOR_BEAN_NAME, defaultCandidate = false)
	@ConditionalOnMissingBean(name = SEND_EXECUTOR_BEAN_NAME)
	AsyncTaskExecutor streamingSendTaskExecutor(StreamingProperties properties, Environment environment) {
		return executor("streaming-io-", "sends", properties.getThreads().getSends(), environment);
	}

	@Bean(name = TOOL_EXECUTOR_BEAN_NAME, defaultCandidate = false)
	@ConditionalOnMissingBean(name = TOOL_EXECUTOR_BEAN_NAME)
	AsyncTaskExecutor streamingToolTaskExecutor(StreamingProperties properties, Environment environment) {
		return executor("streaming-tool-", "tools", properties.getThreads().getTools(), environment);
	}

	private static AsyncTaskExecutor executor(String threadNamePrefix, String setting, int maxThreads,
			Environment environment) {
		String property = "streaming.threads." + setting;
		if (maxThreads < 1) {
			throw new StreamingConfigurationException(property, maxThreads, "It must be greater than zero.",
					"Change '" + property + "', or remove it for the default.");
		}
		if (!Threading.VIRTUAL.isActive(environment)) {
			return new BoundedTaskExecutor(threadNamePrefix, maxThreads, property);
		}
		return new SimpleAsyncTaskExecutorBuilder().threadNamePrefix(threadNamePrefix)
			.virtualThreads(true)
			.cancelRemainingTasksOnClose(true)
			.build();
	}

}
