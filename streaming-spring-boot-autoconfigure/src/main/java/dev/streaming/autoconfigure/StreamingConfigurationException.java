package dev.streaming.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * Exception for an invalid configuration of streaming connections. At start-up Spring
 * Boot reports its reason and remedy.
 *
 * @since 1.0.0
 */
public class StreamingConfigurationException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final @Nullable String property;

	private final transient @Nullable Object value;

	private final String reason;

	private final String action;

	/**
	 * Create an exception that is not caused by a single property.
	 * @param reason the reason, as a sentence
	 * @param action the remedy, as a sentence
	 */
	public StreamingConfigurationException(String reason, String action) {
		this(null, null, reason, action, null);
	}

	/**
	 * Create an exception for one property.
	 * @param property the property's full name
	 * @param value its value, or {@code null} if that must not be shown
	 * @param reason the reason, as a sentence
	 * @param action the remedy, as a sentence
	 */
	public StreamingConfigurationException(String property, @Nullable Object value, String reason, String action) {
		this(property, value, reason, action, null);
	}

	StreamingConfigurationException(@Nullable String property, @Nullable Object value, String reason, String action,
			@Nullable Throwable cause) {
		super(message(property, value, reason, action), cause);
		this.property = property;
		this.value = value;
		this.reason = reason;
		this.action = action;
	}

	private static String message(@Nullable String property, @Nullable Object value, String reason, String action) {
		if (property == null) {
			return reason + " " + action;
		}
		return "Invalid value " + ((value != null) ? "'" + value + "' " : "") + "of '" + property + "': " + reason + " "
				+ action;
	}

	/**
	 * Return the property that caused the exception.
	 * @return its full name, or {@code null} if there is none
	 */
	public @Nullable String getProperty() {
		return this.property;
	}

	/**
	 * Return the property's value.
	 * @return the value, or {@code null} if there is none that may be shown
	 */
	public @Nullable Object getValue() {
		return this.value;
	}

	/**
	 * Return the reason.
	 * @return a sentence
	 */
	public String getReason() {
		return this.reason;
	}

	/**
	 * Return the remedy.
	 * @return a sentence
	 */
	public String getAction() {
		return this.action;
	}

}
