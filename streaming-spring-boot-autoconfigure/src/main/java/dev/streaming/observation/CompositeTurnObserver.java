package dev.streaming.observation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import dev.streaming.ToolCall;
import dev.streaming.ToolOutcome;
import dev.streaming.TurnOutcome;
import org.jspecify.annotations.Nullable;

/**
 * Composite of the observers of one turn.
 */
final class CompositeTurnObserver implements TurnObserver {

	private final List<TurnObserver> observers;

	private final BiConsumer<Object, Throwable> failed;

	/**
	 * Create a composite.
	 * @param observers the observers
	 * @param failed called with an observer and its exception
	 */
	CompositeTurnObserver(List<TurnObserver> observers, BiConsumer<Object, Throwable> failed) {
		this.observers = observers;
		this.failed = failed;
	}

	@Override
	public void firstAudio(Duration duration) {
		each(this.observers, (observer) -> observer.firstAudio(duration));
	}

	@Override
	public void firstText(Duration duration) {
		each(this.observers, (observer) -> observer.firstText(duration));
	}

	@Override
	public ToolObserver toolStarted(ToolCall call) {
		List<ToolObserver> tools = new ArrayList<>();
		each(this.observers, (observer) -> tools.add(observer.toolStarted(call)));
		return (ToolOutcome outcome, Duration duration, String result) -> each(tools,
				(tool) -> tool.ended(outcome, duration, result));
	}

	@Override
	public void content(String input, String output) {
		each(this.observers, (observer) -> observer.content(input, output));
	}

	@Override
	public void ended(TurnOutcome outcome, Duration duration, @Nullable Throwable error) {
		each(this.observers, (observer) -> observer.ended(outcome, duration, error));
	}

	@Override
	public void abandoned() {
		each(this.observers, TurnObserver::abandoned);
	}

	private <T> void each(List<T> all, Consumer<T> event) {
		for (T one : all) {
			try {
				event.accept(one);
			}
			catch (RuntimeException | LinkageError ex) {
				this.failed.accept(one, ex);
			}
		}
	}

}
