package dev.streaming.test;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

import dev.streaming.ConnConfig;
import dev.streaming.ConnectionDefinition;
import dev.streaming.SessionListener;
import dev.streaming.internal.connection.StreamingRuntime;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.util.Assert;

/**
 * {@link ContextCustomizer} that replaces the network by scripted providers. Part of the
 * cache key of contexts.
 *
 * @param connections the connections to script, empty for all
 * @param strict whether tests fail because of mismatches with the script
 */
record ScriptedProviderContextCustomizer(Set<String> connections, boolean strict) implements ContextCustomizer {

	static final String PROVIDERS_BEAN_NAME = "scriptedProviders";

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
		ConfigurableEnvironment environment = context.getEnvironment();
		Map<String, String> protocols = protocols(Binder.get(environment));
		ScriptedProviders providers = new ScriptedProviders(protocols, this.connections, this.strict);
		Map<String, Object> credentials = MissingCredentials.find(environment, providers.names());
		environment.getPropertySources().addFirst(new MapPropertySource("scriptedProvider", credentials));
		ConfigurableListableBeanFactory beanFactory = context.getBeanFactory();
		BeanDefinitionRegistry registry = (BeanDefinitionRegistry) beanFactory;
		register(registry, PROVIDERS_BEAN_NAME, ScriptedProviders.class, () -> providers);
		register(registry, "testTime", TestTime.class, providers::time);
		register(registry, "scriptedProviderSessions", SessionListener.class, () -> new SessionRecords(providers));
		register(registry, "scriptedProviderNames", SmartInitializingSingleton.class,
				() -> () -> checkNames(protocols.keySet(), beanFactory));
		providers.names()
			.forEach((name) -> register(registry, name + "ScriptedProvider", ScriptedProvider.class,
					() -> providers.get(name))
				.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name)));
		beanFactory.addBeanPostProcessor(new RuntimeReplacer(providers));
	}

	private static Map<String, String> protocols(Binder binder) {
		Map<String, String> protocols = new TreeMap<>();
		binder.bind("streaming.connections", Bindable.mapOf(String.class, Object.class)).ifBound((connections) -> {
			connections.forEach((name, connection) -> {
				Object provider = (connection instanceof Map<?, ?> settings) ? settings.get("provider") : null;
				protocols.put(name, (provider != null) ? provider.toString() : "own");
			});
		});
		if (binder.bind("streaming.conn.url", String.class).isBound()) {
			protocols.put(ConnConfig.DEFAULT_NAME, "own");
		}
		return protocols;
	}

	private static <T> AbstractBeanDefinition register(BeanDefinitionRegistry registry, String name, Class<T> type,
			Supplier<? extends T> instance) {
		RootBeanDefinition definition = new RootBeanDefinition();
		definition.setTargetType(type);
		definition.setBeanClass(type);
		definition.setInstanceSupplier(instance);
		if (AutoCloseable.class.isAssignableFrom(type)) {
			definition.setDestroyMethodName("close");
		}
		registry.registerBeanDefinition(name, definition);
		return definition;
	}

	private void checkNames(Set<String> configured, ConfigurableListableBeanFactory beanFactory) {
		Set<String> known = new TreeSet<>(configured);
		beanFactory.getBeanProvider(ConnectionDefinition.class).forEach((bean) -> known.add(bean.name()));
		this.connections.forEach((name) -> Assert.state(known.contains(name), () -> "@AutoConfigureScriptedProvider"
				+ " names a connection '" + name + "' that there is not; the known ones are " + known));
	}

	/**
	 * Replaces the transport, the executors and the clock of sessions.
	 *
	 * @param providers the replacements
	 */
	private record RuntimeReplacer(ScriptedProviders providers) implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			return (bean instanceof StreamingRuntime runtime) ? this.providers.replace(runtime) : bean;
		}

	}

}
