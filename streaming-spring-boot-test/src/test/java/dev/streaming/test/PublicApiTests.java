package dev.streaming.test;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The kit may use the engine, and shows nothing of it.
 */
class PublicApiTests {

	@Test
	void noTypeOfTheEngineIsExposed() throws Exception {
		List<Class<?>> types = publicTypes();
		assertThat(types).contains(ScriptedProvider.class, HandlerTester.class, TestTime.class);
		assertThat(types.stream().flatMap(PublicApiTests::members).flatMap(PublicApiTests::signature))
			.noneMatch((type) -> type.getName().startsWith("dev.streaming.internal"));
	}

	private static List<Class<?>> publicTypes() throws IOException, ClassNotFoundException {
		List<Class<?>> types = new ArrayList<>();
		for (Resource resource : new PathMatchingResourcePatternResolver()
			.getResources("classpath*:dev/streaming/test/*.class")) {
			String name = String.valueOf(resource.getFilename()).replace(".class", "");
			Class<?> type = Class.forName("dev.streaming.test." + name, false, PublicApiTests.class.getClassLoader());
			if (Modifier.isPublic(type.getModifiers())) {
				types.add(type);
			}
		}
		return types;
	}

	private static Stream<Executable> members(Class<?> type) {
		Stream<Constructor<?>> constructors = Arrays.stream(type.getDeclaredConstructors());
		Stream<Method> methods = Arrays.stream(type.getDeclaredMethods());
		return Stream.concat(constructors, methods)
			.map(Executable.class::cast)
			.filter((member) -> Modifier.isPublic(member.getModifiers()) || Modifier.isProtected(member.getModifiers()))
			.filter((member) -> !member.isSynthetic());
	}

	private static Stream<Class<?>> signature(Executable member) {
		Stream<Class<?>> parameters = Arrays.stream(member.getParameterTypes());
		return (member instanceof Method method) ? Stream.concat(parameters, Stream.of(method.getReturnType()))
				: parameters;
	}

}
