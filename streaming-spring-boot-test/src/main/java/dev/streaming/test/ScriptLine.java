package dev.streaming.test;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Line of a script with its requests and answers. Guarded by the lock of its
 * {@link ScriptBook}.
 */
final class ScriptLine {

	private final String description;

	private final Predicate<Request> matcher;

	private final List<List<Step>> parts = new ArrayList<>(List.of(new ArrayList<>()));

	private int times = 1;

	private int used;

	private Need need = Need.REQUIRED;

	ScriptLine(String description, Predicate<Request> matcher) {
		this.description = description;
		this.matcher = matcher;
	}

	void add(Step step) {
		this.parts.get(this.parts.size() - 1).add(step);
	}

	void nextPart() {
		this.parts.add(new ArrayList<>());
	}

	void times(int times) {
		this.times = times;
	}

	void optional() {
		this.need = Need.OPTIONAL;
	}

	boolean matches(Request request) {
		return this.matcher.test(request);
	}

	boolean isLeft() {
		return this.used < this.times;
	}

	/**
	 * Return whether the test fails because of this line.
	 * @return whether it was used fewer times than required
	 */
	boolean isMissed() {
		return this.need == Need.REQUIRED && ((this.times == Integer.MAX_VALUE) ? this.used == 0 : isLeft());
	}

	void use() {
		this.used++;
	}

	List<Step> part(int number) {
		return List.copyOf(this.parts.get(number));
	}

	int parts() {
		return this.parts.size();
	}

	boolean isRequired() {
		return this.need == Need.REQUIRED;
	}

	String describe() {
		String times = (this.times == Integer.MAX_VALUE) ? " always"
				: (this.times > 1) ? " " + this.times + " times" : "";
		return this.description + times + " (" + used() + ")";
	}

	private String used() {
		return switch (this.used) {
			case 0 -> "not used";
			case 1 -> "used once";
			default -> "used " + this.used + " times";
		};
	}

	@Override
	public String toString() {
		return this.description;
	}

	/**
	 * Whether a line must be used.
	 */
	private enum Need {

		/** It must be used. */
		REQUIRED,

		/** It need not be used. */
		OPTIONAL

	}

}
