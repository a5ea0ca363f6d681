package dev.streaming.realtime;

/**
 * Strategy to provide access tokens that expire, such as those of Microsoft Entra or of
 * Google's Application Default Credentials. A bean of this type is called before each
 * dial of a connection with a realtime provider and without an API key, and the token is
 * sent as {@code Authorization: Bearer}. Of several beans the first one that supports a
 * connection is used.
 * <p>
 * Called within the timeout of the dial, on threads that may block, and concurrently.
 * Tokens are not cached by the caller: an implementation that fetches tokens should cache
 * them until they are about to expire.
 *
 * <pre>{@code
 * &#64;Bean
 * AccessTokenProvider tokens(GoogleCredentials credentials) {
 *     return (connectionName) -> {
 *         credentials.refreshIfExpired();
 *         return credentials.getAccessToken().getTokenValue();
 *     };
 * }
 * }</pre>
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface AccessTokenProvider {

	/**
	 * Return a token for a dial.
	 * @param connectionName the connection's name
	 * @return the token, not empty
	 * @throws Exception if there is no token, which fails the dial; a
	 * {@link dev.streaming.PermanentFailureException} is not retried
	 */
	String token(String connectionName) throws Exception;

	/**
	 * Return whether this provider supports a connection. By default it supports every
	 * connection without an API key: override this method if connections lead to
	 * different providers, so that no token is sent to the wrong one.
	 * @param connectionName the connection's name
	 * @return whether {@link #token} is called for it
	 */
	default boolean supports(String connectionName) {
		return true;
	}

}
