package dev.streaming.internal.connection;

import java.util.ArrayList;
import java.util.List;

import dev.streaming.StreamingException;

/**
 * Records the callbacks of a physical connection.
 */
class RecordingEndListener implements PhysicalConnection.Listener {

	final List<String> events = new ArrayList<>();

	@Override
	public void broken(PhysicalConnection connection) {
		this.events.add("broken");
	}

	@Override
	public void ended(PhysicalConnection connection, ConnectionEnd end) {
		this.events.add("ended " + end.kind());
	}

	@Override
	public boolean unwritten(OutboundMessage outgoing, StreamingException failure) {
		return outgoing.fail(failure);
	}

}
