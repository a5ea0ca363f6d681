package dev.streaming.internal.connection;

import tools.jackson.databind.DatabindException;

/**
 * Exception for an object of a type that would not be encoded as intended.
 */
final class UnencodableTypeException extends DatabindException {

	private static final long serialVersionUID = 1L;

	UnencodableTypeException(String message) {
		super(message);
	}

}
