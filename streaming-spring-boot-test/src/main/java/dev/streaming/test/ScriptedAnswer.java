package dev.streaming.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import dev.streaming.MediaData;
import dev.streaming.realtime.Pcm;
import dev.streaming.test.Step.Next;
import dev.streaming.test.Turn.Ending;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * {@link Script} that adds steps to a line of a {@link ScriptBook}.
 */
final class ScriptedAnswer implements Script {

	private final ScriptBook book;

	private final ScriptLine line;

	// Maximum length of a piece of text in code points
	private int chunk = Integer.MAX_VALUE;

	ScriptedAnswer(ScriptBook book, ScriptLine line) {
		this.book = book;
		this.line = line;
	}

	private Script change(Consumer<ScriptLine> change) {
		this.book.change((lines) -> change.accept(this.line));
		return this;
	}

	private Script add(Step step) {
		return change((line) -> line.add(step));
	}

	// Add a step that is always followed by the next one
	private Script does(Consumer<Turn> action) {
		return add((turn) -> {
			action.accept(turn);
			return Next.GO_ON;
		});
	}

	private Script ends(Consumer<Turn> action) {
		return add((turn) -> {
			action.accept(turn);
			return Next.OVER;
		});
	}

	@Override
	public Script reply(String... pieces) {
		return each(pieces, (turn, piece) -> {
			if (turn.protocol().speaks(turn.request())) {
				speak(turn, piece);
			}
			else {
				turn.protocol().text(turn, piece);
			}
		});
	}

	@Override
	public Script say(String... pieces) {
		return each(pieces, ScriptedAnswer::speak);
	}

	private static void speak(Turn turn, String piece) {
		turn.protocol().transcript(turn, piece);
		int bytes = turn.protocol().outputBytesAMilli() * WireProtocol.MILLIS_A_PIECE;
		turn.protocol().audio(turn, new byte[bytes]);
	}

	@Override
	public Script think(String... pieces) {
		return each(pieces, (turn, piece) -> turn.protocol().reasoning(turn, piece));
	}

	private Script each(String[] pieces, Saying saying) {
		int length = this.chunk;
		List<String> all = Arrays.stream(pieces).flatMap((piece) -> cut(piece, length).stream()).toList();
		return does((turn) -> {
			turn.begin();
			all.forEach((piece) -> turn.say(() -> saying.say(turn, piece)));
		});
	}

	// An empty piece is kept
	private static List<String> cut(String text, int length) {
		int left = text.codePointCount(0, text.length());
		List<String> pieces = new ArrayList<>();
		int from = 0;
		do {
			int to = text.offsetByCodePoints(from, Math.min(length, left));
			pieces.add(text.substring(from, to));
			left -= Math.min(length, left);
			from = to;
		}
		while (left > 0);
		return pieces;
	}

	@Override
	public Script audio(MediaData audio) {
		Assert.isTrue(audio.mimeType().startsWith("audio/pcm") && audio.channels() == 1,
				"'audio' must be mono PCM of 16 bits");
		return does((turn) -> {
			turn.begin();
			int rate = turn.protocol().outputRate();
			byte[] pcm = (audio.sampleRate() == rate) ? audio.data()
					: Pcm.resample(audio.data(), audio.sampleRate(), rate);
			byte[] encoded = (turn.protocol().outputBytesAMilli() == rate / 1000) ? Pcm.toMulaw(pcm) : pcm;
			int size = turn.protocol().outputBytesAMilli() * WireProtocol.MILLIS_A_PIECE;
			for (int from = 0; from < encoded.length; from += size) {
				byte[] piece = Arrays.copyOfRange(encoded, from, Math.min(encoded.length, from + size));
				turn.say(() -> turn.protocol().audio(turn, piece));
			}
		});
	}

	@Override
	public Script wav(String location) {
		return audio(WavFile.read(location));
	}

	@Override
	public Script callTool(String name, String arguments) {
		return calls((turn) -> turn.protocol().call(turn, name, arguments));
	}

	@Override
	public Script callAsyncTool(String name, String arguments) {
		return calls((turn) -> {
			turn.expectResultsOnly();
			turn.protocol().callAsync(turn, name, arguments);
		});
	}

	private Script calls(Consumer<Turn> call) {
		return add(new Step() {

			@Override
			public Next run(Turn turn) {
				turn.begin();
				call.accept(turn);
				return Next.GO_ON;
			}

			@Override
			public boolean isCall() {
				return true;
			}

		});
	}

	@Override
	public Script then() {
		return change(ScriptLine::nextPart);
	}

	@Override
	public Script transcribe(String... pieces) {
		List<String> all = List.copyOf(Arrays.asList(pieces));
		return does((turn) -> turn.protocol().transcribed(all));
	}

	@Override
	public Script interrupt() {
		return ends((turn) -> {
			turn.begin();
			turn.protocol().speechStarted();
		});
	}

	@Override
	public Script usage(long input, long output) {
		return does((turn) -> turn.usage(input, output));
	}

	@Override
	public Script after(Duration delay) {
		return add((turn) -> {
			turn.proceedAfter(delay);
			return Next.WAIT;
		});
	}

	@Override
	public Script bursts(int pieces, Duration pause) {
		Assert.isTrue(pieces > 0, "'pieces' must be positive");
		Assert.isTrue(!pause.isNegative(), "'pause' must not be negative");
		return does((turn) -> turn.pace(pieces, pause));
	}

	@Override
	public Script chunked(int characters) {
		Assert.isTrue(characters > 0, "'characters' must be positive");
		this.chunk = characters;
		return this;
	}

	@Override
	public Script hold() {
		return add((turn) -> {
			turn.hold();
			return Next.WAIT;
		});
	}

	@Override
	public Script staySilent() {
		return add((turn) -> {
			turn.conversation().said("(silence)");
			return Next.WAIT;
		});
	}

	@Override
	public Script stopAtLength() {
		return ends((turn) -> turn.end(Ending.LENGTH));
	}

	@Override
	public Script fail(String code, String message) {
		return ends((turn) -> turn.end(Ending.failed(code, message)));
	}

	@Override
	public Script error(String code, String message) {
		return add((turn) -> {
			turn.protocol().error(turn.request(), code, message);
			return turn.isBegun() ? Next.GO_ON : Next.OVER;
		});
	}

	@Override
	public Script drop() {
		return ends((turn) -> turn.conversation().drop());
	}

	@Override
	public Script hangUp() {
		return ends((turn) -> turn.conversation().hangUp());
	}

	@Override
	public Script close(int code, String reason) {
		return ends((turn) -> turn.conversation().close(new CloseStatus(code, reason)));
	}

	@Override
	public Script goAway(Duration timeLeft) {
		return does((turn) -> turn.protocol().goAway(timeLeft));
	}

	@Override
	public Script expire() {
		return ends((turn) -> turn.protocol().expire());
	}

	@Override
	public Script raw(String json) {
		return does((turn) -> turn.protocol().send(json));
	}

	@Override
	public Script times(int times) {
		Assert.isTrue(times > 0, "'times' must be positive");
		return change((line) -> line.times(times));
	}

	@Override
	public Script always() {
		return change((line) -> line.times(Integer.MAX_VALUE));
	}

	@Override
	public Script optional() {
		return change(ScriptLine::optional);
	}

	/**
	 * Sends a piece.
	 */
	@FunctionalInterface
	private interface Saying {

		void say(Turn turn, String piece);

	}

}
