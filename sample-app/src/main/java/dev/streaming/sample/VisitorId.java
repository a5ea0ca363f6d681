package dev.streaming.sample;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;

/**
 * Name of a visitor in the attributes of the visitor's sessions. Not the id of the HTTP
 * session, which is secret: the name may be sent to others.
 */
public final class VisitorId {

	/** Session attribute with the name of the visitor. */
	public static final String ATTRIBUTE = VisitorId.class.getName();

	private static final int LENGTH = 16;

	private VisitorId() {
	}

	/**
	 * Return the name of the visitor of a request.
	 * @param request the request
	 * @return the name, or {@code null} if the client has sent no cookie
	 */
	public static @Nullable String of(HttpServletRequest request) {
		HttpSession http = request.getSession(false);
		String id = (http != null) ? http.getId() : request.getRequestedSessionId();
		return (id != null) ? of(id) : null;
	}

	/**
	 * Return the name of a visitor.
	 * @param httpSession the id of the visitor's HTTP session
	 * @return a name from which the id cannot be derived
	 */
	public static String of(String httpSession) {
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(httpSession.getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(hash).substring(0, LENGTH);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every JVM has SHA-256", ex);
		}
	}

}
