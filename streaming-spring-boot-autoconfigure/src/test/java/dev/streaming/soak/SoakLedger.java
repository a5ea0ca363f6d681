package dev.streaming.soak;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.streaming.ConnectionLostException;
import dev.streaming.OutagePolicy;
import dev.streaming.ReconnectFailedException;
import dev.streaming.Session;
import dev.streaming.observation.ConnectionObserver.SessionEnd;
import dev.streaming.soak.SoakReport.Figure;
import dev.streaming.soak.SoakReport.Wrong;
import dev.streaming.soak.SoakSender.Outcome;
import dev.streaming.soak.SoakSender.Sent;
import dev.streaming.soak.SoakTransport.Wire;
import dev.streaming.soak.SoakTransport.Write;
import dev.streaming.testsupport.RecordingObserver;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a {@link SoakLife} saw against what the server and the transport saw: every
 * message is accounted for.
 */
final class SoakLedger {

	private final Soak soak;

	private final SoakLife life;

	private final SoakReport report;

	private final boolean closedByUs;

	// By drains, and not yet accounted for
	private int dropped;

	private final List<Account> accounts = new ArrayList<>();

	// By sender and number: written, arrived
	private final Map<SoakText, Write> written = new HashMap<>();

	private int arrived;

	private int received;

	SoakLedger(Soak soak, SoakLife life) {
		this.soak = soak;
		this.life = life;
		this.report = soak.report();
		this.closedByUs = life.observer().end() == SessionEnd.CLOSED;
	}

	private void wrong(Wrong wrong, String what) {
		this.life.wrong(wrong, what);
	}

	/**
	 * Settle all accounts of a session that has ended.
	 */
	void settle() throws Exception {
		for (int dial = 1; dial <= this.life.dials(); dial++) {
			Wire wire = this.soak.transport().remove(this.life.dial(dial));
			if (wire != null) {
				this.soak.eventually("the transport's end of " + this.life.dial(dial),
						() -> !wire.isOpen() || (wire.isEnded() && wire.writes().stream().allMatch(Write::isOver)));
			}
			SoakPeer peer = this.soak.server().remove(this.life.dial(dial));
			if (peer != null) {
				awaitServer(dial, wire, peer);
			}
			if (wire != null && wire.isOpen() && peer != null) {
				this.accounts.add(new Account(dial, wire, peer));
			}
			else if (peer != null && !peer.arrived().isEmpty()) {
				wrong(Wrong.OVERTOOK_SETUP, "messages on connection " + dial + " that never was one");
			}
		}
		this.report.add(Figure.CONNECTIONS, this.accounts.size());
		this.dropped = this.soak.dropped(this.life.name());
		this.accounts.forEach(this::settleReceived);
		this.accounts.forEach(this::settleWritten);
		this.life.senders().forEach(this::settleSender);
		settleSession();
	}

	/**
	 * A session that has ended leaves no socket behind.
	 */
	private void awaitServer(int dial, @Nullable Wire wire, SoakPeer peer) throws Exception {
		try {
			peer.finished().get(Soak.PATIENCE.toMillis() / 2, TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			wrong(Wrong.LEAKED, "the socket of connection " + dial + " (" + peer.fault() + "), " + wire);
			this.life.await("end of the server's connection " + dial, peer.finished());
		}
	}

	private void settleReceived(Account account) {
		int dial = account.dial();
		int delivered = account.wire().delivered();
		SoakPeer peer = account.peer();
		String where = "connection " + dial + " (" + peer.fault() + ", " + account.wire() + "), one of "
				+ this.life.dials() + " of a session ended by " + this.life.observer().end() + ": ";
		// Our own close does not wait for what still comes
		boolean ours = this.closedByUs && account == this.accounts.get(this.accounts.size() - 1);
		boolean whole = peer.saidAll() && account.wire().abort() == null && !ours;
		if (delivered > peer.attempted() || (whole && delivered > peer.sent())) {
			wrong(Wrong.REPEATED, where + delivered + " delivered of " + peer.attempted());
		}
		if (whole && delivered < peer.sent()) {
			wrong(Wrong.LOST, where + delivered + " read by the transport of " + peer.sent());
		}
		if (String.valueOf(account.wire().abort()).startsWith(SoakTransport.UNEXPLAINED)) {
			wrong(Wrong.MISJUDGED, where + "dropped without a reason");
		}
		int taken = this.life.takenByHook(dial) + this.life.consumed(dial);
		this.received += taken;
		if (this.life.openedOn() == 0 || dial < this.life.openedOn() || account.wire().isUnwanted()) {
			// There was no session yet, or this connection was not wanted
			return;
		}
		boolean excused = this.closedByUs && dial >= this.life.lastConsumed();
		int late = account.wire().late();
		if (taken < delivered - late && !excused) {
			// A drain says what it drops: messages that were not taken within
			// closeGracePeriod
			this.dropped -= delivered - late - taken;
			if (this.dropped < 0) {
				wrong(Wrong.LOST, where + taken + " taken of " + delivered + ", " + late + " of them late, "
						+ -this.dropped + " more than drains have dropped");
			}
		}
		if (taken > delivered) {
			wrong(Wrong.REPEATED, where + taken + " taken of " + delivered);
		}
	}

	private void settleWritten(Account account) {
		List<SoakText> there = account.peer().arrived();
		List<Write> writes = new ArrayList<>(account.wire().writes());
		String where = "connection " + account.dial() + " (" + account.peer().fault() + "): ";
		int ok = 0;
		for (int i = 0; i < writes.size(); i++) {
			Write write = writes.get(i);
			if (this.written.put(write.text(), write) != null) {
				wrong(Wrong.REPEATED, where + write.text() + " was written before");
			}
			if (i < there.size() && !there.get(i).equals(write.text())) {
				wrong(Wrong.LOST, where + write.text() + " was written and " + there.get(i) + " arrived");
				return;
			}
			if (!write.isOver()) {
				wrong(Wrong.MISTOLD, where + write.text() + " neither written nor failed");
			}
			ok += write.isWritten() ? 1 : 0;
		}
		if (there.size() > writes.size()) {
			wrong(Wrong.REPEATED, where + there.size() + " arrived of " + writes.size());
		}
		this.arrived += there.size();
		if (there.size() < ok) {
			if (account.peer().heardAll()) {
				wrong(Wrong.LOST, where + there.size() + " arrived of " + ok
						+ " written, and the server read to the end; " + account.wire());
			}
			this.report.add(Figure.WRITTEN_AND_DIED, ok - there.size());
		}
	}

	private void settleSender(SoakSender sender) {
		int index = this.life.senders().indexOf(sender);
		List<Sent> messages = sender.messages();
		this.report.add(Figure.SENT, messages.size());
		boolean laterWritten = false;
		for (int number = messages.size(); number > 0; number--) {
			SoakText text = new SoakText('s', index, number);
			Write write = this.written.get(text);
			Outcome outcome = messages.get(number - 1).outcome();
			String what = sender.policy() + " " + text + ": ";
			if (outcome == null) {
				wrong(Wrong.LOST, what + "its sender never heard of it");
			}
			else if (outcome != Outcome.ACCEPTED) {
				this.report.add(Figure.TOLD, 1);
				if (outcome != Outcome.FAILED && write != null) {
					wrong(Wrong.MISTOLD, what + outcome + ", but it was written");
				}
			}
			else if (write == null) {
				this.report.add(Figure.DROPPED, 1);
				if (laterWritten && sender.policy() != OutagePolicy.DROP) {
					wrong(Wrong.LOST, what + "held back, and later ones were sent");
				}
			}
			else if (!write.isWritten()) {
				this.report.add(Figure.DROPPED, 1);
			}
			laterWritten |= write != null;
		}
		settleOrder(index);
	}

	private void settleOrder(int sender) {
		int last = 0;
		for (Account account : this.accounts) {
			for (Write write : account.wire().writes()) {
				SoakText text = write.text();
				if (text != null && text.from() == sender) {
					if (text.number() <= last) {
						wrong(Wrong.OUT_OF_ORDER, text + " was written behind " + last);
					}
					last = text.number();
				}
			}
		}
	}

	private void settleSession() {
		RecordingObserver observer = this.life.observer();
		this.report.add(Figure.RECEIVED, this.received);
		this.report.add(Figure.ARRIVED, this.arrived);
		this.report.add(Figure.PLANNED_CHANGES, observer.plannedChanges.get());
		this.report.add(Figure.OUTAGES_SURVIVED, observer.survivedOutages.get());
		this.report.add(Figure.READING_STOOD, observer.readPauses.get());
		this.report.add(Figure.DISCARDED, observer.chunksDiscarded.get());
		boolean opened = this.life.openedOn() != 0;
		this.life.handler().check(opened);
		if (observer.opened.get() != (opened ? 1 : 0) || observer.ends.size() != observer.opened.get()
				|| observer.underWay.get() != 0) {
			wrong(Wrong.BADLY_ENDED, observer.opened + " opened, " + observer.ends.size() + " closed, "
					+ observer.underWay + " dials and outages under way");
		}
		settleDropped(observer.sendsDropped.get());
		Session session = this.life.session();
		if (session != null) {
			settleEnd(session, observer);
		}
	}

	private void settleDropped(int counted) {
		long unwritten = 0;
		for (SoakSender sender : this.life.senders()) {
			int index = this.life.senders().indexOf(sender);
			for (int number = 1; number <= sender.messages().size(); number++) {
				Write write = this.written.get(new SoakText('s', index, number));
				boolean accepted = sender.messages().get(number - 1).outcome() == Outcome.ACCEPTED;
				unwritten += (accepted && (write == null || !write.isWritten())) ? 1 : 0;
			}
		}
		// When writeWait passes, or the connection ends, under a write that then succeeds
		long late = this.written.values().stream().filter(Write::isLate).count();
		if (unwritten > counted || counted > unwritten + late) {
			wrong((unwritten > counted) ? Wrong.LOST : Wrong.MISTOLD,
					unwritten + " messages were accepted and not written, but " + counted + " are counted as dropped");
		}
	}

	private void settleEnd(Session session, RecordingObserver observer) {
		this.report.add(Figure.SESSIONS, 1);
		SessionEnd end = observer.end();
		this.report.add((end == SessionEnd.CLOSED) ? Figure.CLOSED_BY_US
				: (end == SessionEnd.PEER) ? Figure.CLOSED_BY_PEER : Figure.ENDED_BY_ERROR, 1);
		if (!session.isClosed() || !session.response().isEnded()
				|| session.error().isPresent() != (end == SessionEnd.ERROR)) {
			wrong(Wrong.BADLY_ENDED, "ended by " + end + " with " + session.error() + ", " + session.state());
		}
		settleEndOfError(session.error().orElse(null));
		if (this.life.openedOn() == 1) {
			// Messages that a setup left behind before the opening belong to no session
			int taken = this.received + this.life.handler().answers();
			int missing = observer.received.get() - taken - observer.chunksDiscarded.get();
			if (missing != 0) {
				wrong(Wrong.LOST, "received " + observer.received + ", taken " + taken + ", discarded "
						+ observer.chunksDiscarded + ", so " + missing + " are missing; it was ended by " + end);
			}
		}
	}

	/**
	 * Only what the server did may end a session.
	 */
	private void settleEndOfError(@Nullable Throwable error) {
		if (error == null) {
			return;
		}
		int code = (error instanceof ConnectionLostException lost) ? lost.closeStatus().getCode() : 0;
		boolean expected = error instanceof ReconnectFailedException || code == 4000;
		if (!expected) {
			wrong(Wrong.BADLY_ENDED, "it was ended by " + error);
		}
	}

	private record Account(int dial, Wire wire, SoakPeer peer) {
	}

}
