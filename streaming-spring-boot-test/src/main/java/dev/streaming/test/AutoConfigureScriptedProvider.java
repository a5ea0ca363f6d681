package dev.streaming.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Annotation for a test class to replace the provider of each connection by a
 * {@link ScriptedProvider} in the same JVM. There is no network, and time is controlled
 * by a {@link TestTime}. Everything else is as in production: settings, handlers, tools,
 * customizers and listeners.
 *
 * <pre>{@code
 * &#64;SpringBootTest

 * &#64;AutoConfigureScriptedProvider
 * class AssistantTests {
 *
 *
&#64;Test
 *     void answers(@Autowired ScriptedProvider provider, @Autowired Assistant assistant) {
 *         provider.onText("hello").reply("Hi there");
 *         assertThat(assistant.ask("hello")).isEqualTo("Hi there");
 *     }
 *
 * }
 * }</pre>
 *
 * If several connections are scripted, the qualifier of each provider is the name of its
 * connection; {@link ScriptedProviders} also provides those of connections that are
 * defined in code. An API key that is empty, or an unresolved placeholder, is replaced,
 * and the URL is never dialled. The script is reset before each test, so that contexts
 * can be shared.
 *
 * @since 1.0.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
public @interface AutoConfigureScriptedProvider {

	/**
	 * Return the names of the connections to script.
	 * @return the names; empty for all connections
	 */
	String[] connections() default {};

	/**
	 * Return whether a test fails if a request is not scripted, or a line of the script
	 * is not used.
	 * @return whether the script is strict
	 * @see ScriptedProvider#lenient()
	 */
	boolean strict() default true;

}
