package dev.streaming;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.annotation.Scope;
import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * Indicates that a class, or the result of a {@code @Bean} method, is the
 * {@link SessionHandler} of a configured connection: a component of prototype scope, so
 * that every session has its own instance, qualified with the name of the connection.
 *
 * <pre>{@code
 * &#64;StreamingHandler("openai")
 * class MyHandler implements SessionHandler {
 *     ...
 * }
 * }</pre>
 *
 * @since 1.0.0
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
@Qualifier
public @interface StreamingHandler {

	/**
	 * Name of the connection, as under {@code streaming.connections}; {@code default} is
	 * the one under {@code streaming.conn}.
	 * @return the name
	 */
	@AliasFor(annotation = Qualifier.class, attribute = "value")
	String value();

}
