package dev.streaming.sample.provider;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;

/**
 * {@link ConditionalOnBooleanProperty @Conditional} that matches unless
 * {@code sample.provider.enabled} is {@code false}, as it is with a real provider. On
 * each component of this package, so that nothing of it is there then.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@ConditionalOnBooleanProperty(name = "sample.provider.enabled", matchIfMissing = true)
@interface ConditionalOnEmbeddedProvider {

}
