package dev.streaming.autoconfigure.realtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.internal.concurrent.DecoratingExecutor;
import dev.streaming.realtime.AccessTokenProvider;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ToolApproval;
import dev.streaming.realtime.springai.SpringAiTools;

import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the tools that realtime
 * providers offer: beans of type {@link RealtimeTool} and, if Spring AI is on the class
 * path, its callbacks. Beans of type {@link ToolApproval} approve each call.
 *
 * @since 1.0.0
 */
@AutoConfiguration(after = StreamingAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "streaming.enabled", matchIfMissing = true)
public final class RealtimeToolsAutoConfiguration {

	@Bean
	RealtimeTools streamingRealtimeTools(ObjectProvider<RealtimeTool> tools, ObjectProvider<RealtimeToolSource> others,
			ObjectProvider<ToolApproval> approvals, @Qualifier("streamingToolTaskExecutor") Executor executor,
			ObjectProvider<TaskDecorator> decorators) {
		List<Supplier<Collection<RealtimeTool>>> sources = new ArrayList<>();
		sources.add(() -> tools.orderedStream().toList());
		others.orderedStream().forEach(sources::add);
		return new RealtimeTools(sources, DecoratingExecutor.of(executor, decorators.orderedStream().toList()),
				allOf(approvals));
	}

	@Bean
	AccessTokens streamingAccessTokens(ObjectProvider<AccessTokenProvider> providers) {
		return new AccessTokens(providers);
	}

	// Resolved when a tool is called, so that an approval may itself open sessions
	private static ToolApproval allOf(ObjectProvider<ToolApproval> approvals) {
		return (call, context) -> {
			for (ToolApproval approval : approvals.orderedStream().toList()) {
				if (!approval.approve(call, context)) {
					return false;
				}
			}
			return true;
		};
	}

	/**
	 * Configuration of Spring AI's tools.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ToolCallback.class)
	static class SpringAiConfiguration {

		@Bean
		RealtimeToolSource springAiRealtimeTools(ObjectProvider<ToolCallback> callbacks,
				ObjectProvider<ToolCallbackProvider> providers) {
			return () -> {
				List<RealtimeTool> tools = new ArrayList<>();
				callbacks.orderedStream().map(SpringAiTools::of).forEach(tools::add);
				providers.orderedStream().map(SpringAiTools::of).forEach(tools::addAll);
				return tools;
			};
		}

	}

}
