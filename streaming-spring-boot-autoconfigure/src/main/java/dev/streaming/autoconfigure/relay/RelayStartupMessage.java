package dev.streaming.autoconfigure.relay;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the protection of the relay at start-up, because each connected browser causes
 * costs.
 *
 * @param path the relay's path
 * @param connection the connection for the sessions of browsers
 * @param allowedOrigins the additional origins
 * @param guard the protection
 */
record RelayStartupMessage(String path, String connection, List<String> allowedOrigins, Guard guard) {

	private static final Logger logger = LoggerFactory.getLogger(RelayStartupMessage.class);

	void log() {
		String origins = this.allowedOrigins.isEmpty() ? "of the same origin only"
				: "of the same origin and of " + this.allowedOrigins;
		String place = "Relay at " + this.path + " on the connection '" + this.connection + "' for pages " + origins;
		switch (this.guard) {
			case SECURITY -> logger.atInfo().log("{}; Spring Security decides who may connect", place);
			case CUSTOMIZER -> logger.atInfo().log("{}; a RelayCustomizer decides who may connect", place);
			case NONE -> logger.atWarn()
				.log("{}; no login is required: every visitor of such a page talks to the provider at your cost."
						+ " Add Spring Security, or a RelayCustomizer bean that refuses", place);
		}
	}

	/**
	 * Protection of handshakes.
	 */
	enum Guard {

		/** Filter chains of Spring Security. */
		SECURITY,

		/** A bean of the application. */
		CUSTOMIZER,

		/** The origin only. */
		NONE

	}

}
