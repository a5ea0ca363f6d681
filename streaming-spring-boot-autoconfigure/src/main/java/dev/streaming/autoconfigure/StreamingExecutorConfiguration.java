package dev.streaming.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.task.SimpleAsyncTaskExecutorBuilder;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.task.AsyncTaskExecutor;

/**
 * Configuration of the executors, each of which can be replaced by a bean of its name.
 * They are not candidates for injection by type, so that Spring Boot's
 * {@code applicationTaskExecutor} remains the executor of the application.
 */
@Configuration(proxyBeanMethods = false)
class StreamingExecutorConfiguration {

	/** Name of the executor bean for handlers, reconnect hooks and listeners. */
	static final String TASK_EXECUTOR_BEAN_NAME = "streamingTaskExecutor";

	/** Name of the executor bean for handshake customizers. */
	static final String DIAL_EXECUTOR_BEAN_NAME = "streamingDialTaskExecutor";

	/**
	 * Name of the executor bean for writes of messages, which block while the socket is
	 * full.
	 */
	static final String SEND_EXECUTOR_BEAN_NAME = "streamingSendTaskExecutor";

	/** Name of the executor bean for tools. */
	static final String TOOL_EXECUTOR_BEAN_NAME = "streamingToolTaskExecutor";

	@Bean(name = TASK_EXECUTOR_BEAN_NAME, defaultCandidate = false)
	@ConditionalOnMissingBean(name = TASK_EXECUTOR_BEAN_NAME)
	AsyncTaskExecutor streamingTaskExecutor(StreamingProperties properties, Environment environment) {
		return executor("streaming-worker-", "sessions", properties.getThreads().getSessions(), environment);
	}

	// Separate threads, because a handler may open a session, which waits for a dial
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
