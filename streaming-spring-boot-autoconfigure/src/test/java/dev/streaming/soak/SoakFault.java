package dev.streaming.soak;

/**
 * Faults that the server of a {@link Soak} applies to a connection.
 */
enum SoakFault {

	/** Nothing wrong. */
	NONE(0),

	/** The upgrade is refused, and may be tried again. */
	REFUSED_503(0),

	/** The upgrade is refused, with a Retry-After. */
	REFUSED_429(0),

	/** The upgrade is refused for good. */
	REFUSED_401(0),

	/** The socket is closed before the answer to the upgrade. */
	DROPPED_IN_HANDSHAKE(0),

	/** The answer to the upgrade comes late. */
	SLOW_HANDSHAKE(0),

	/** The answer to the upgrade does not come. */
	STUCK_HANDSHAKE(0),

	/** The answer to the upgrade has a wrong Sec-WebSocket-Accept. */
	WRONG_ACCEPT(0),

	/** A close frame right behind the upgrade. */
	CLOSED_AT_ONCE(1001),

	/** The setup message is answered with a no. */
	SETUP_REFUSED(0),

	/** The setup message is not answered. */
	SETUP_UNANSWERED(0),

	/** The setup message is answered with a close frame. */
	SETUP_CLOSED(1011),

	/** The setup message is answered with a RST. */
	SETUP_RST(0),

	/** The end of the stream, without a close frame. */
	FIN(0),

	/** The end of the stream, in the middle of a frame. */
	FIN_IN_A_FRAME(0),

	/** The connection is torn down. */
	RST(0),

	/** Nothing is said any more, and no ping answered. */
	SILENT(0),

	/** Nothing is read any more, nor said. */
	STALLED(0),

	/** A close frame that ends the session. */
	CLOSED_1000(1000),

	/** A close frame without a code, which ends the session. */
	CLOSED_WITHOUT_CODE(1005),

	/** A close frame. */
	CLOSED_1001(1001),

	/** A close frame. */
	CLOSED_1011(1011),

	/** A close frame. */
	CLOSED_1012(1012),

	/** A close frame that no reconnect follows. */
	CLOSED_4000(4000),

	/** The client's close frame is answered, after a while. */
	CLOSE_ANSWERED_LATE(0),

	/** The client's close frame is answered with the end of the stream. */
	CLOSE_ANSWERED_BY_FIN(0),

	/** The client's close frame is not answered. */
	CLOSE_UNANSWERED(0);

	private final int code;

	SoakFault(int code) {
		this.code = code;
	}

	/**
	 * Return the code of the close frame.
	 * @return the code, or 0 if there is no close frame
	 */
	int code() {
		return this.code;
	}

}
