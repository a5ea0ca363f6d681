package dev.streaming.test;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/**
 * {@link ContextCustomizerFactory} for tests with {@link AutoConfigureScriptedProvider}.
 */
final class ScriptedProviderContextCustomizerFactory implements ContextCustomizerFactory {

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		AutoConfigureScriptedProvider annotation = TestContextAnnotationUtils.findMergedAnnotation(testClass,
				AutoConfigureScriptedProvider.class);
		if (annotation == null) {
			return null;
		}
		return new ScriptedProviderContextCustomizer(new TreeSet<>(Set.of(annotation.connections())),
				annotation.strict());
	}

}
