package dev.streaming.test;

import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.Consumer;

import dev.streaming.internal.transport.DialException;
import org.jspecify.annotations.Nullable;

/**
 * Script for the outcome of one dial of a {@link ScriptedProvider}, instead of a
 * connection.
 *
 * @since 1.0.0
 */
public final class DialScript {

	private final Consumer<Outcome> outcomes;

	DialScript(Consumer<Outcome> outcomes) {
		this.outcomes = outcomes;
	}

	/**
	 * Refuse the upgrade.
	 * @param status the HTTP status
	 */
	public void refuse(int status) {
		refuse(status, null);
	}

	/**
	 * Refuse the upgrade. An application sees no other header of a refusal.
	 * @param status the HTTP status
	 * @param retryAfter the value of the header {@code Retry-After}, or {@code null} for
	 * none
	 */
	public void refuse(int status, @Nullable Duration retryAfter) {
		boolean redirect = status >= 300 && status < 400;
		this.outcomes.accept(new Outcome("refused with " + status,
				new DialException(redirect ? DialException.Kind.REDIRECT : DialException.Kind.REFUSED,
						"The server answered with status " + status, null, status, retryAfter)));
	}

	/**
	 * Refuse connections at the address.
	 */
	public void unreachable() {
		IOException cause = new IOException("Connection refused");
		this.outcomes.accept(new Outcome("not reachable",
				new DialException(DialException.Kind.NETWORK, "The server does not accept connections", cause)));
	}

	/**
	 * Fail the resolution of the host name.
	 */
	public void unknownHost() {
		this.outcomes.accept(new Outcome("host not known", new DialException(DialException.Kind.NETWORK,
				"The host of the provider is not known", new UnknownHostException("scripted"))));
	}

	/**
	 * Do not respond, so that the dial times out.
	 */
	public void staySilent() {
		this.outcomes.accept(new Outcome("not answered", null));
	}

	/**
	 * Outcome of a dial.
	 *
	 * @param description the description for the transcript and a failure message
	 * @param failure the failure, or {@code null} for no answer
	 */
	record Outcome(String description, @Nullable DialException failure) {

	}

}
