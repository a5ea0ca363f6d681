package dev.streaming.openai;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;

import dev.streaming.testsupport.model.ModelCheck;
import dev.streaming.testsupport.model.Step;
import org.junit.jupiter.api.Test;

/**
 * Random conversations, in which the messages of both sides may cross, against the
 * invariants of V1 to V8.
 */
class OpenAiModelTests {

	private static final int SEQUENCES = Integer.getInteger("model.sequences", 2000);

	private static final int LENGTH = 80;

	@Test
	void conversationsKeepTheirPromises() {
		long seed = ModelCheck.seed();
		new ModelCheck<Step<OpenAiWorld>>((random) -> Step.random(Kind.values(), random), OpenAiModelTests::run)
			.check(seed, SEQUENCES, LENGTH);
	}

	private static void run(List<Step<OpenAiWorld>> steps) {
		int mode = steps.isEmpty() ? 0 : steps.get(0).value();
		OpenAiWorld world = new OpenAiWorld(mode % 4 != 0, mode % 3 != 0, mode % 5 != 0);
		steps.forEach((step) -> step.run(world));
		world.settle();
	}

	/**
	 * Steps that may happen.
	 */
	private enum Kind implements Step.Kind<OpenAiWorld> {

		ARRIVE(20, (world, value) -> world.arrive(value)), DELIVER(40, (world, value) -> {
			for (int i = 0; i <= value % 3; i++) {
				world.deliver();
			}
		}), START(6, (world, value) -> world.server((server) -> server.startRequested())),
		SAY(6, (world, value) -> world.server((server) -> server.say(value))),
		CALL(10, (world, value) -> world.server((server) -> server.call(value / 6, value % 6))),
		FINISH(6, (world, value) -> world.server((server) -> server.finish(value / 5, value % 5))),
		SPEECH(4, (world, value) -> world.server((server) -> server.speechStarted())),
		SILENCE(5, (world, value) -> world.server((server) -> server.speechStopped(value))),
		ANSWER(4, (world, value) -> world.server((server) -> server.answerUser())),
		TRANSCRIBE(3, (world, value) -> world.server((server) -> server.transcribe(value))),
		STRAGGLE(2, (world, value) -> world.server((server) -> server.straggle(value))),
		RESPOND(8, (world, value) -> world.respond()), CANCEL(4, (world, value) -> world.cancel()),
		TEXT(3, (world, value) -> world.client.sendText("text" + value + " " + world.clock.time().toNanos())),
		AUDIO(3, (world, value) -> world.client.sendAudio(new byte[2])),
		COMMIT(2, (world, value) -> world.client.commitAudio()),
		TRUNCATE(2, (world, value) -> world.client.truncate(Duration.ofMillis(value))),
		RETURN(5, (world, value) -> world.toolReturns()), RESULT(4, (world, value) -> world.resultOfTheApplication()),
		BESIDE(2,
				(world, value) -> world.sendOutside(Map.of("type", "response.create", "event_id", "mine" + value,
						"response", Map.of("conversation", "none")))),
		OUTSIDE(1, (world, value) -> world.sendOutside(Map.of("type", "response.create", "event_id", "mine" + value))),
		WAIT(6, (world, value) -> world.clock.pass(Duration.ofMillis(value * 40L), value % 4 != 0)),
		LOSE(1, (world, value) -> world.disconnect(false, value % 4)),
		CHANGE(2, (world, value) -> world.disconnect(true, 0)), RECONNECT(3, (world, value) -> world.reconnect());

		private final int weight;

		private final ObjIntConsumer<OpenAiWorld> effect;

		Kind(int weight, ObjIntConsumer<OpenAiWorld> effect) {
			this.weight = weight;
			this.effect = effect;
		}

		@Override
		public int weight() {
			return this.weight;
		}

		@Override
		public void run(OpenAiWorld world, int value) {
			this.effect.accept(world, value);
		}

	}

}
