package dev.streaming.testsupport;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The rules that a test proves: it fails without them. On a class it stands for every
 * test that the class declares. The table of rules in {@code docs/lifecycle.md} is
 * generated from it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.METHOD, ElementType.TYPE })
public @interface Rule {

	/**
	 * Return the identifiers of the rules, for example {@code S10}.
	 * @return at least one identifier that has a row in the table
	 */
	String[] value();

}
