package dev.streaming.actuate;

import dev.streaming.actuate.StreamingEndpoint.ReconnectDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} for {@link StreamingEndpoint}, with
 * HTTP status 404 for an unknown session, 409 for one that cannot reconnect, and 202 for
 * one that will.
 *
 * @since 1.0.0
 */
@EndpointWebExtension(endpoint = StreamingEndpoint.class)
public class StreamingEndpointWebExtension {

	private static final int STATUS_ACCEPTED = 202;

	private static final int STATUS_CONFLICT = 409;

	private final StreamingEndpoint delegate;

	/**
	 * Create an extension.
	 * @param delegate the endpoint to delegate to
	 */
	public StreamingEndpointWebExtension(StreamingEndpoint delegate) {
		this.delegate = delegate;
	}

	/**
	 * Request a session to change its connection at a quiet moment.
	 * @param id its id
	 * @param reason the reason for the close frame, or {@code null}
	 * @return the result
	 */
	@WriteOperation
	public WebEndpointResponse<ReconnectDescriptor> reconnect(@Selector String id, @Nullable String reason) {
		ReconnectDescriptor result = this.delegate.reconnect(id, reason);
		if (result == null) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		}
		return response(result);
	}

	/**
	 * Request all sessions of a connection to change their connection at a quiet moment.
	 * @param connection its configured name
	 * @param reason the reason for the close frames, or {@code null}
	 * @return the result
	 */
	@WriteOperation
	public WebEndpointResponse<ReconnectDescriptor> reconnectAll(String connection, @Nullable String reason) {
		return response(this.delegate.reconnectAll(connection, reason));
	}

	/**
	 * Close a session.
	 * @param id its id
	 * @return whether there was such a session
	 */
	@DeleteOperation
	public WebEndpointResponse<Void> close(@Selector String id) {
		return new WebEndpointResponse<>(
				this.delegate.close(id) ? WebEndpointResponse.STATUS_NO_CONTENT : WebEndpointResponse.STATUS_NOT_FOUND);
	}

	private static WebEndpointResponse<ReconnectDescriptor> response(ReconnectDescriptor result) {
		boolean conflict = result.asked().isEmpty() && !result.refused().isEmpty();
		return new WebEndpointResponse<>(result, conflict ? STATUS_CONFLICT : STATUS_ACCEPTED);
	}

}
