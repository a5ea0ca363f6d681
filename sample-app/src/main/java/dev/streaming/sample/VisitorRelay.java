package dev.streaming.sample;

import dev.streaming.SessionSpec;
import dev.streaming.relay.RelayCustomizer;
import dev.streaming.relay.RelayHandshake;

import org.springframework.stereotype.Component;

/**
 * {@link RelayCustomizer} that sets the visitor as the owner of its sessions. There is no
 * authentication in this sample, so a visitor is identified by the HTTP session: the
 * sessions of a visitor are counted together, and cannot be resumed by others. An
 * application with authentication does not need this class.
 */
@Component
class VisitorRelay implements RelayCustomizer {

	@Override
	public boolean accept(RelayHandshake handshake) {
		handshake.httpSessionId().ifPresent(handshake::owner);
		return handshake.owner().isPresent();
	}

	@Override
	public void customize(RelayHandshake handshake, SessionSpec spec) {
		handshake.httpSessionId().ifPresent((visitor) -> spec.attribute(VisitorId.ATTRIBUTE, VisitorId.of(visitor)));
	}

}
