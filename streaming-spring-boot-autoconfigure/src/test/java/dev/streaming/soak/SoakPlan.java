package dev.streaming.soak;

import java.util.Random;

import static dev.streaming.soak.SoakFault.CLOSED_1000;
import static dev.streaming.soak.SoakFault.CLOSED_1001;
import static dev.streaming.soak.SoakFault.CLOSED_1011;
import static dev.streaming.soak.SoakFault.CLOSED_1012;
import static dev.streaming.soak.SoakFault.CLOSED_4000;
import static dev.streaming.soak.SoakFault.CLOSED_AT_ONCE;
import static dev.streaming.soak.SoakFault.CLOSED_WITHOUT_CODE;
import static dev.streaming.soak.SoakFault.CLOSE_ANSWERED_BY_FIN;
import static dev.streaming.soak.SoakFault.CLOSE_ANSWERED_LATE;
import static dev.streaming.soak.SoakFault.CLOSE_UNANSWERED;
import static dev.streaming.soak.SoakFault.DROPPED_IN_HANDSHAKE;
import static dev.streaming.soak.SoakFault.FIN;
import static dev.streaming.soak.SoakFault.FIN_IN_A_FRAME;
import static dev.streaming.soak.SoakFault.NONE;
import static dev.streaming.soak.SoakFault.REFUSED_401;
import static dev.streaming.soak.SoakFault.REFUSED_429;
import static dev.streaming.soak.SoakFault.REFUSED_503;
import static dev.streaming.soak.SoakFault.RST;
import static dev.streaming.soak.SoakFault.SETUP_CLOSED;
import static dev.streaming.soak.SoakFault.SETUP_REFUSED;
import static dev.streaming.soak.SoakFault.SETUP_RST;
import static dev.streaming.soak.SoakFault.SETUP_UNANSWERED;
import static dev.streaming.soak.SoakFault.SILENT;
import static dev.streaming.soak.SoakFault.SLOW_HANDSHAKE;
import static dev.streaming.soak.SoakFault.STALLED;
import static dev.streaming.soak.SoakFault.STUCK_HANDSHAKE;
import static dev.streaming.soak.SoakFault.WRONG_ACCEPT;

/**
 * Treatment of one dial by the server. It depends on the seed and on which dial it is,
 * and on nothing else; how far the plan is carried out before something else ends the
 * connection is up to the threads.
 */
final class SoakPlan {

	/** Share of a fault in 1000 draws. */
	private static final Object[][] HANDSHAKES = { { REFUSED_503, 25 }, { REFUSED_429, 15 }, { REFUSED_401, 2 },
			{ DROPPED_IN_HANDSHAKE, 15 }, { SLOW_HANDSHAKE, 30 }, { STUCK_HANDSHAKE, 3 }, { WRONG_ACCEPT, 5 },
			{ CLOSED_AT_ONCE, 20 } };

	private static final Object[][] SETUPS = { { SETUP_REFUSED, 15 }, { SETUP_UNANSWERED, 3 }, { SETUP_CLOSED, 15 },
			{ SETUP_RST, 10 } };

	private static final Object[][] ENDS = { { FIN, 160 }, { FIN_IN_A_FRAME, 70 }, { RST, 180 }, { SILENT, 40 },
			{ STALLED, 40 }, { CLOSED_1000, 15 }, { CLOSED_WITHOUT_CODE, 10 }, { CLOSED_1001, 130 },
			{ CLOSED_1011, 110 }, { CLOSED_1012, 60 }, { CLOSED_4000, 10 } };

	private static final Object[][] FAREWELLS = { { CLOSE_ANSWERED_LATE, 150 }, { CLOSE_ANSWERED_BY_FIN, 120 },
			{ CLOSE_UNANSWERED, 40 } };

	private final SoakFault handshake;

	private final SoakFault setup;

	private final SoakFault end;

	private final SoakFault farewell;

	private final int greeting;

	private final int late;

	private final Random traffic;

	SoakPlan(long seed, SoakDial dial) {
		Random random = random(seed, dial.lane(), dial.life(), dial.number());
		this.handshake = draw(random, HANDSHAKES);
		this.setup = draw(random, SETUPS);
		this.end = draw(random, ENDS);
		this.farewell = draw(random, FAREWELLS);
		this.greeting = (random.nextInt(3) == 0) ? 1 + random.nextInt(20) : 0;
		this.late = random.nextInt(4);
		this.traffic = new Random(random.nextLong());
	}

	/**
	 * Return a source of what has these numbers, and of nothing else.
	 */
	static Random random(long seed, int... numbers) {
		long mixed = seed;
		for (int number : numbers) {
			mixed = new Random(mixed * 31 + number).nextLong();
		}
		return new Random(mixed);
	}

	private static SoakFault draw(Random random, Object[][] choices) {
		int dice = random.nextInt(1000);
		for (Object[] choice : choices) {
			dice -= (int) choice[1];
			if (dice < 0) {
				return (SoakFault) choice[0];
			}
		}
		return NONE;
	}

	SoakFault handshake() {
		return this.handshake;
	}

	SoakFault setup() {
		return this.setup;
	}

	/**
	 * Return the end of the connection, unless the client ends it before.
	 * @return the fault, or {@code NONE} to leave that to the client
	 */
	SoakFault end() {
		return this.end;
	}

	/**
	 * Return the reaction to a close frame of the client.
	 * @return the fault, or {@code NONE} to answer it
	 */
	SoakFault farewell() {
		return this.farewell;
	}

	/**
	 * Return the number of messages that are sent with the response to the upgrade.
	 * @return the messages
	 */
	int greeting() {
		return this.greeting;
	}

	/**
	 * Return the number of messages that are sent before the response to the client's
	 * close frame.
	 * @return the messages
	 */
	int late() {
		return this.late;
	}

	/**
	 * Return the random numbers of sizes and pauses, for the connection's writer only.
	 * @return the random
	 */
	Random traffic() {
		return this.traffic;
	}

}
