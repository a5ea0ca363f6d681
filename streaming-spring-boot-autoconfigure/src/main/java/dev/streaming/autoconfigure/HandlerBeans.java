package dev.streaming.autoconfigure;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import dev.streaming.StreamingHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * Finds the bean of a connection among those of a type, by name and qualifier. Uses bean
 * definitions only, so that no prototype is created.
 */
class HandlerBeans {

	private final ConfigurableListableBeanFactory beanFactory;

	HandlerBeans(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	ConfigurableListableBeanFactory beanFactory() {
		return this.beanFactory;
	}

	/**
	 * Return the beans of some types.
	 * @param types the types
	 * @return their names
	 */
	Set<String> names(Class<?>... types) {
		Set<String> names = new LinkedHashSet<>();
		for (Class<?> type : types) {
			for (String name : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, type, true,
					false)) {
				if (!ScopedProxyUtils.isScopedTarget(name)) {
					names.add(name);
				}
			}
		}
		return names;
	}

	/**
	 * Return the bean of a connection: the one whose name or qualifier is that of the
	 * connection, or else the only one that is not intended for another connection.
	 * @param connection the connection's name
	 * @param connections the names of all connections
	 * @param types the accepted types
	 * @return the bean's name, or {@code null} if there is none
	 * @throws StreamingConfigurationException if there are several
	 */
	@Nullable String find(String connection, Set<String> connections, Class<?>... types) {
		Set<String> own = new LinkedHashSet<>();
		Set<String> free = new LinkedHashSet<>();
		for (String name : names(types)) {
			Set<String> meantFor = qualifiers(name);
			meantFor.retainAll(connections);
			if (meantFor.contains(connection)) {
				own.add(name);
			}
			else if (meantFor.isEmpty()) {
				free.add(name);
			}
		}
		return only(connection, own.isEmpty() ? free : own, types);
	}

	private @Nullable String only(String connection, Set<String> names, Class<?>... types) {
		if (names.size() < 2) {
			return names.isEmpty() ? null : names.iterator().next();
		}
		List<String> primary = names.stream().filter(this::isPrimary).toList();
		if (primary.size() == 1) {
			return primary.get(0);
		}
		String kinds = String.join(" or ", Stream.of(types).map(Class::getSimpleName).toList());
		throw new StreamingConfigurationException(
				"Connection '" + connection + "' matches more than one bean of type " + kinds + ": "
						+ String.join(", ", names) + ".",
				"Mark one of them with @Qualifier(\"" + connection
						+ "\") or @Primary, or qualify each with the name of its connection.");
	}

	private boolean isPrimary(String name) {
		BeanDefinition definition = definition(name);
		return definition != null && definition.isPrimary();
	}

	private Set<String> qualifiers(String name) {
		Set<String> qualifiers = new LinkedHashSet<>();
		qualifiers.add(name);
		qualifiers.addAll(List.of(this.beanFactory.getAliases(name)));
		BeanDefinition definition = definition(name);
		if (definition instanceof AbstractBeanDefinition explicit) {
			AutowireCandidateQualifier qualifier = explicit.getQualifier(Qualifier.class.getName());
			if (qualifier != null && qualifier.getAttribute(AutowireCandidateQualifier.VALUE_KEY) != null) {
				qualifiers.add(String.valueOf(qualifier.getAttribute(AutowireCandidateQualifier.VALUE_KEY)));
				return qualifiers;
			}
		}
		// As for injection, the method takes precedence over the class
		Method method = (definition instanceof RootBeanDefinition root) ? root.getResolvedFactoryMethod() : null;
		if (method == null || !addQualifiers(MergedAnnotations.from(method), qualifiers)) {
			Class<?> type = this.beanFactory.getType(name, false);
			if (type != null) {
				addQualifiers(MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY), qualifiers);
			}
		}
		return qualifiers;
	}

	/**
	 * Return the connection of {@link StreamingHandler @StreamingHandler}.
	 * @param name the name of a bean
	 * @return the connection's name, or {@code null} if the bean is not annotated
	 */
	@Nullable String annotated(String name) {
		BeanDefinition definition = definition(name);
		Method method = (definition instanceof RootBeanDefinition root) ? root.getResolvedFactoryMethod() : null;
		Class<?> type = this.beanFactory.getType(name, false);
		return Stream.concat(Stream.<AnnotatedElement>ofNullable(method), Stream.ofNullable(type))
			.map((element) -> MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY)
				.get(StreamingHandler.class))
			.filter(MergedAnnotation::isPresent)
			.map((annotation) -> annotation.getString(MergedAnnotation.VALUE))
			.findFirst()
			.orElse(null);
	}

	private static boolean addQualifiers(MergedAnnotations annotations, Set<String> qualifiers) {
		List<String> values = annotations.stream(Qualifier.class).map((found) -> found.getString("value")).toList();
		qualifiers.addAll(values);
		return !values.isEmpty();
	}

	private @Nullable BeanDefinition definition(String name) {
		return this.beanFactory.containsBeanDefinition(name) ? this.beanFactory.getMergedBeanDefinition(name) : null;
	}

}
