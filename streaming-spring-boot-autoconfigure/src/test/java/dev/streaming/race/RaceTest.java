package dev.streaming.race;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A test that plays one race for many rounds. The table of races in
 * {@code docs/lifecycle.md} is generated from it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Tag("race")
@Test
public @interface RaceTest {

	/**
	 * Return the race that is played.
	 * @return a race that has a row in the table
	 */
	String value();

}
