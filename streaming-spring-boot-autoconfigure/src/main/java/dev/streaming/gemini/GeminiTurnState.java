package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.streaming.ToolCall;
import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Item;

/**
 * Where the conversation stands: whose turn it is, what waits for an answer, which tools'
 * results are awaited, and what was said. The session's task, callers' threads and the
 * tools' come together here. Thread-safe; nobody is called under the lock.
 * <p>
 * An answer may come before the call that asked for it has returned. So a caller says
 * first what it is about to send, and takes it back if that fails.
 */
final class GeminiTurnState {

	private final ReentrantLock lock = new ReentrantLock();

	// All below is guarded by lock

	private final Transcript transcript;

	// Names by id
	private final Map<String, String> openCalls = new LinkedHashMap<>();

	// Calls whose results the model has not waited for, or that the application has sent
	// in
	// the provider's own words
	private final Set<String> overtaken = new HashSet<>();

	// Texts that the model was not yet asked to answer
	private final List<Text> unasked = new ArrayList<>();

	// The model has begun to answer
	private boolean answering;

	// The model is to answer, and has not begun
	private boolean asked;

	// The model is to answer on the next connection
	private boolean askedLater;

	// The service was told that the user speaks
	private boolean speaking;

	// The rest of the turn is to be dropped
	private boolean cancelled;

	GeminiTurnState(ConversationHistory history) {
		this.transcript = new Transcript(history);
	}

	/**
	 * The user writes something that is not to be answered yet.
	 * @param text the text
	 * @param held whether it is held back until there is a connection again
	 * @return takes it back
	 */
	Runnable saying(String text, boolean held) {
		return locked(() -> {
			Text said = new Text(this.transcript.wrote(text, held), text, held);
			this.unasked.add(said);
			return undo(() -> {
				this.transcript.takeBack(said.id);
				this.unasked.remove(said);
			});
		});
	}

	/**
	 * The user writes something that the model is to answer at once.
	 * @param text the text
	 * @param held whether it is held back until there is a connection again
	 * @return takes it back
	 */
	Runnable asking(String text, boolean held) {
		return locked(() -> {
			String id = this.transcript.wrote(text, held);
			Runnable asked = asking(held);
			return undo(() -> {
				this.transcript.takeBack(id);
				asked.run();
			});
		});
	}

	/**
	 * The model is to answer what was said.
	 * @param held whether the request is held back until there is a connection again
	 * @return takes it back
	 */
	Runnable asking(boolean held) {
		return locked(() -> {
			List<Text> texts = List.copyOf(this.unasked);
			this.unasked.clear();
			this.asked |= !held;
			this.askedLater |= held;
			return undo(() -> {
				this.unasked.addAll(0, texts);
				this.asked &= held;
				this.askedLater &= !held;
			});
		});
	}

	private Runnable undo(Runnable action) {
		return () -> locked(() -> {
			action.run();
			return true;
		});
	}

	boolean hasUnasked() {
		return locked(() -> !this.unasked.isEmpty());
	}

	/**
	 * Return what was said on the last connection, is not answered, and nobody repeats.
	 * @return the texts
	 */
	List<String> unasked() {
		return locked(() -> this.unasked.stream().filter((text) -> !text.held).map(Text::text).toList());
	}

	/**
	 * The user begins or goes on to speak, or has finished, where the service does not
	 * find that out.
	 * @param speaks whether the user speaks
	 * @return whether the service is to be told
	 */
	boolean speak(boolean speaks) {
		return locked(() -> {
			boolean changed = this.speaking != speaks;
			this.speaking = speaks;
			return changed;
		});
	}

	/**
	 * The model has begun, or goes on, to answer.
	 * @param own whether a tool's results come from the session itself, by the tool's
	 * name
	 * @return whether it has just begun
	 */
	boolean answering(Predicate<String> own) {
		return locked(() -> {
			this.openCalls.forEach((id, name) -> {
				if (!own.test(name)) {
					this.overtaken.add(id);
				}
			});
			if (this.answering) {
				return false;
			}
			this.answering = true;
			this.asked = false;
			this.askedLater = false;
			this.transcript.answering();
			return true;
		});
	}

	void answered(String delta) {
		locked(() -> {
			if (!this.cancelled) {
				this.transcript.answered(delta);
			}
			return true;
		});
	}

	void heard(String delta, boolean finished) {
		locked(() -> {
			this.transcript.heard(delta);
			if (finished && this.answering) {
				this.transcript.interrupted();
			}
			return true;
		});
	}

	void interrupted() {
		locked(() -> {
			this.transcript.interrupted();
			return true;
		});
	}

	/**
	 * The model waits for the user.
	 */
	void idle() {
		locked(() -> this.asked &= this.answering);
	}

	void turnEnded() {
		locked(() -> {
			// Asked in mid-turn, the answer is still to come
			this.asked &= this.answering;
			return endTurn();
		});
	}

	private boolean endTurn() {
		this.answering = false;
		this.cancelled = false;
		this.transcript.turnEnded();
		return true;
	}

	/**
	 * Drop the rest of the turn that is under way.
	 * @return whether there is one
	 */
	boolean cancel() {
		return locked(() -> {
			this.cancelled = isTurnOpen();
			return this.cancelled;
		});
	}

	boolean isCancelled() {
		return locked(() -> this.cancelled);
	}

	/**
	 * The model wants tools.
	 * @param calls the calls
	 * @return those that are new
	 */
	List<ToolCall> called(List<ToolCall> calls) {
		return locked(() -> calls.stream()
			.filter((call) -> this.openCalls.putIfAbsent(call.id(), call.name()) == null)
			.toList());
	}

	/**
	 * A tool's result is about to be sent.
	 * @param id the call's id
	 * @return whether it is still wanted
	 */
	boolean returning(String id) {
		return locked(() -> {
			boolean wanted = this.openCalls.remove(id) != null;
			this.overtaken.remove(id);
			if (wanted && !this.answering && this.openCalls.isEmpty()) {
				this.asked = true;
			}
			return wanted;
		});
	}

	/**
	 * A tool's result could not be sent.
	 * @param id the call's id
	 * @param name the tool's name
	 */
	void notReturned(String id, String name) {
		locked(() -> {
			this.openCalls.put(id, name);
			return true;
		});
	}

	/**
	 * The model does not want the results of tools any more.
	 * @param ids the calls' ids
	 */
	void callsCancelled(List<String> ids) {
		locked(() -> {
			this.openCalls.keySet().removeAll(ids);
			return this.overtaken.removeAll(ids);
		});
	}

	/**
	 * Return the calls whose results the model waits for.
	 * @return the tools' names by the calls' ids
	 */
	Map<String, String> openCalls() {
		return locked(() -> {
			Map<String, String> calls = new LinkedHashMap<>(this.openCalls);
			calls.keySet().removeAll(this.overtaken);
			return calls;
		});
	}

	/**
	 * Return whether a turn is under way that would be lost with the connection.
	 * @return whether there is one
	 */
	boolean isTurnOpen() {
		return locked(() -> this.answering || this.asked || !openCalls().isEmpty());
	}

	boolean isAnswering() {
		return locked(() -> this.answering || !openCalls().isEmpty());
	}

	/**
	 * The connection is gone, and with it the turn that was under way.
	 * @return what that was
	 */
	Lost disconnected() {
		return locked(() -> {
			Lost lost = new Lost(isTurnOpen(), List.copyOf(openCalls().keySet()));
			this.openCalls.clear();
			this.overtaken.clear();
			this.asked = false;
			this.speaking = false;
			endTurn();
			return lost;
		});
	}

	/**
	 * There is a connection again, and what was held back goes out now.
	 */
	void reconnected() {
		locked(() -> {
			this.transcript.release();
			this.unasked.replaceAll((text) -> new Text(text.id, text.text, false));
			this.asked |= this.askedLater;
			this.askedLater = false;
			return true;
		});
	}

	List<Item> history() {
		return locked(this.transcript::items);
	}

	private <T> T locked(Supplier<T> action) {
		this.lock.lock();
		try {
			return action.get();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * What was lost with a connection.
	 *
	 * @param turn whether a turn was under way
	 * @param calls the ids of calls whose results were awaited
	 */
	record Lost(boolean turn, List<String> calls) {

	}

	private record Text(String id, String text, boolean held) {

	}

}
