package dev.streaming.autoconfigure.interceptor;

import dev.streaming.Session;
import dev.streaming.SessionInterceptor;
import dev.streaming.autoconfigure.InMemoryStreamingConfiguration;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.StreamingConfigurationException;
import dev.streaming.autoconfigure.metrics.StreamingMetricsAutoConfiguration;
import dev.streaming.interceptor.KeywordGuard;
import dev.streaming.interceptor.TranscriptRecorder;
import dev.streaming.interceptor.TranscriptRedactor;
import dev.streaming.interceptor.TranscriptSink;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link StreamingInterceptorAutoConfiguration}, and for the prices of models.
 */
class StreamingInterceptorAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingInterceptorAutoConfiguration.class,
				StreamingAutoConfiguration.class, StreamingMetricsAutoConfiguration.class))
		.withUserConfiguration(InMemoryStreamingConfiguration.class)
		.withPropertyValues(InMemoryStreamingConfiguration.PROPERTIES);

	@Test
	void nothingInterceptsUnasked() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(SessionInterceptor.class)
			.hasSingleBean(TranscriptRedactor.class));
	}

	@Test
	void readyMadeInterceptorsAreSwitchedOn() {
		this.runner.withBean(SimpleMeterRegistry.class).withBean(TranscriptSink.class, () -> (entry) -> {
		})
			.withPropertyValues("streaming.interceptors.keyword-guard.enabled=true",
					"streaming.interceptors.keyword-guard.patterns=a,b", "streaming.interceptors.recorder.enabled=true",
					"streaming.interceptors.redaction.patterns=\\d+", "streaming.interceptors.redaction.replacement=#")
			.run((context) -> {
				assertThat(context).hasSingleBean(KeywordGuard.class).hasSingleBean(TranscriptRecorder.class);
				assertThat(context.getBean(TranscriptRedactor.class).redact("a 12")).isEqualTo("a #");
				assertThat(context.getBeanProvider(SessionInterceptor.class).orderedStream())
					.hasExactlyElementsOfTypes(KeywordGuard.class, TranscriptRecorder.class);
				SimpleMeterRegistry registry = new SimpleMeterRegistry();
				context.getBean("streamingRecorderMeters", MeterBinder.class).bindTo(registry);
				assertThat(registry.get("streaming.records.dropped").functionCounter().count()).isZero();
			});
	}

	@Test
	void redactionIsSwitchedOff() {
		this.runner.withPropertyValues("streaming.interceptors.redaction.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(TranscriptRedactor.class));
	}

	@Test
	void expressionThatIsNoneEndsTheStart() {
		this.runner.withPropertyValues("streaming.interceptors.redaction.patterns[0]=(")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(StreamingConfigurationException.class)
				.hasMessageContaining("'streaming.interceptors.redaction.patterns[0]'"));
	}

	@Test
	void guardWithoutPatternsEndsTheStart() {
		this.runner.withPropertyValues("streaming.interceptors.keyword-guard.enabled=true")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(StreamingConfigurationException.class)
				.hasMessageContaining("'streaming.interceptors.keyword-guard.patterns'"));
	}

	@Test
	void guardOfTheUserAlone() {
		this.runner
			.withPropertyValues("streaming.interceptors.keyword-guard.enabled=true",
					"streaming.interceptors.keyword-guard.user-patterns=bomb")
			.run((context) -> assertThat(
					context.getBean(KeywordGuard.class).onText(mock(Session.class), "user", "a bomb"))
				.isNull());
		this.runner
			.withPropertyValues("streaming.interceptors.keyword-guard.enabled=true",
					"streaming.interceptors.keyword-guard.user-patterns[0]=(")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'streaming.interceptors.keyword-guard.user-patterns[0]'"));
	}

	@Test
	void pricesAreCheckedAndAnythingMayHaveOne() {
		this.runner.withBean(SimpleMeterRegistry.class)
			.withPropertyValues("streaming.pricing[gpt-4o.1].minute=0.5", "streaming.pricing[gpt-4o.1].currency=EUR")
			.run((context) -> assertThat(context).hasNotFailed());
		this.runner.withBean(SimpleMeterRegistry.class)
			.withPropertyValues("streaming.pricing[gpt-4o.1].input-text=-1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("A price must not be negative"));
	}

}
