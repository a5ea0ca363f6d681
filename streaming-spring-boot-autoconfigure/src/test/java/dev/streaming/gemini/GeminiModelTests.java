package dev.streaming.gemini;

import java.time.Duration;
import java.util.List;
import java.util.function.ObjIntConsumer;

import dev.streaming.testsupport.model.ModelCheck;
import dev.streaming.testsupport.model.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random conversations, in which the messages of both sides may cross, against the
 * invariants of V1 to V8. {@link GeminiWorld} checks the invariants,
 * {@link SimulatedGemini} simulates the service.
 */
class GeminiModelTests {

	private static final int SEQUENCES = Integer.getInteger("model.sequences", 3000);

	private static final int LENGTH = 80;

	@Test
	@Timeout(120)
	void conversationsKeepTheirPromises() {
		long seed = ModelCheck.seed();
		new ModelCheck<Step<GeminiWorld>>((random) -> Step.random(Kind.values(), random), GeminiModelTests::run)
			.check(seed, SEQUENCES, LENGTH);
	}

	private static void run(List<Step<GeminiWorld>> steps) {
		GeminiWorld world = new GeminiWorld(steps.isEmpty() ? 0 : steps.get(0).value());
		steps.forEach((step) -> step.run(world));
		world.settle();
	}

	/**
	 * Steps that may happen.
	 */
	private enum Kind implements Step.Kind<GeminiWorld> {

		ARRIVE(20, (world, value) -> world.arrive()), DELIVER(35, (world, value) -> {
			for (int i = 0; i <= value % 3; i++) {
				world.deliver();
			}
		}), SAY(12, (world, value) -> world.server((server) -> server.say(value))),
		CALL(8, (world, value) -> world.server((server) -> server.call(value, value % 4 > 0))),
		REPEAT_CALL(4, (world, value) -> world.server((server) -> server.repeatCall(value))),
		VOID_CALL(2, (world, value) -> world.server(SimulatedGemini::voidCall)),
		COMPLETE(4, (world, value) -> world.server(SimulatedGemini::completeCall)),
		CANCEL_CALL(2, (world, value) -> world.server(SimulatedGemini::cancelCall)),
		FINISH(8, (world, value) -> world.server((server) -> server.finish(value))),
		SPEECH(5, (world, value) -> world.server((server) -> server.speechStarted(value))),
		SILENCE(5, (world, value) -> world.server((server) -> server.speechEnded(value % 4 == 0))),
		TRANSCRIBE(5, (world, value) -> world.server(SimulatedGemini::transcribe)),
		TRANSCRIBE_LATE(4, (world, value) -> world.server(SimulatedGemini::transcribeLate)),
		HANDLE(2, (world, value) -> world.server(SimulatedGemini::handle)),
		ERROR(1, (world, value) -> world.server(SimulatedGemini::error)), TEXT(8, (world, value) -> world.say()),
		RESPOND(8, (world, value) -> world.respond()), AUDIO(6, (world, value) -> world.speak()),
		COMMIT(3, (world, value) -> world.commit()), CANCEL(4, (world, value) -> world.cancel()),
		RETURN(6, (world, value) -> world.toolReturns()), OTHER_RETURN(3, (world, value) -> world.otherReturns()),
		WAIT(6, (world, value) -> world.pass(Duration.ofMillis(value * 60L + 1), value % 4 != 0)),
		LOSE(1, (world, value) -> world.disconnect(false)), CHANGE(2, (world, value) -> world.disconnect(true)),
		RECONNECT(4, (world, value) -> world.reconnect());

		private final int weight;

		private final ObjIntConsumer<GeminiWorld> effect;

		Kind(int weight, ObjIntConsumer<GeminiWorld> effect) {
			this.weight = weight;
			this.effect = effect;
		}

		@Override
		public int weight() {
			return this.weight;
		}

		@Override
		public void run(GeminiWorld world, int value) {
			this.effect.accept(world, value);
		}

	}

}
