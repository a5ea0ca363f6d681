package dev.streaming.test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.support.AbstractTestExecutionListener;
import org.springframework.util.ClassUtils;

/**
 * {@link org.springframework.test.context.TestExecutionListener} that resets the scripted
 * providers before each test, and verifies them after it.
 */
final class ScriptedProviderTestExecutionListener extends AbstractTestExecutionListener {

	private static final boolean METERS = ClassUtils.isPresent("io.micrometer.core.instrument.MeterRegistry",
			ScriptedProviderTestExecutionListener.class.getClassLoader());

	@Override
	public int getOrder() {
		return 5_500;
	}

	@Override
	public void beforeTestMethod(TestContext testContext) {
		ScriptedProviders providers = providers(testContext);
		if (providers != null && providers.begin() && METERS) {
			MeterReadings.begin(testContext.getApplicationContext());
		}
	}

	@Override
	public void afterTestMethod(TestContext testContext) {
		ScriptedProviders providers = providers(testContext);
		if (providers == null) {
			return;
		}
		List<ScriptedProvider> ended = providers.end();
		Throwable failure = testContext.getTestException();
		if (failure != null) {
			String transcript = ended.stream()
				.filter((provider) -> !provider.core().log().dials().isEmpty())
				.map((provider) -> provider.report(provider.core().book().failures()))
				.collect(Collectors.joining("\n"));
			if (!transcript.isEmpty()) {
				failure.addSuppressed(new ScriptedProviderTranscript(transcript));
			}
			return;
		}
		List<AssertionError> failures = new ArrayList<>();
		for (ScriptedProvider provider : ended) {
			try {
				provider.verify();
			}
			catch (AssertionError ex) {
				failures.add(ex);
			}
		}
		if (!failures.isEmpty()) {
			AssertionError first = failures.remove(0);
			failures.forEach(first::addSuppressed);
			throw first;
		}
	}

	private static @Nullable ScriptedProviders providers(TestContext testContext) {
		boolean scripted = TestContextAnnotationUtils.hasAnnotation(testContext.getTestClass(),
				AutoConfigureScriptedProvider.class) && testContext.hasApplicationContext();
		return scripted ? testContext.getApplicationContext().getBeanProvider(ScriptedProviders.class).getIfAvailable()
				: null;
	}

	/**
	 * Exception that adds the transcript of the providers to the failure of a test.
	 */
	static final class ScriptedProviderTranscript extends RuntimeException {

		private static final long serialVersionUID = 1L;

		ScriptedProviderTranscript(String transcript) {
			super(transcript, null, false, false);
		}

	}

}
