package dev.streaming.realtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.streaming.MediaData;
import dev.streaming.ToolCall;
import dev.streaming.testsupport.RecordingContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for images in the results of tools.
 */
class ToolImageTests {

	private static final MediaData PNG = new MediaData(new byte[] { 1, 2 }, "image/png", 0, 0);

	private static final MediaData JPEG = new MediaData(new byte[] { 3 }, "image/jpeg", 0, 0);

	private final List<String> texts = new ArrayList<>();

	private final List<ToolResult> results = new ArrayList<>();

	private void run(boolean taken, Consumer<RealtimeToolContext> work) {
		RealtimeTool tool = RealtimeTool.of("show", "Shows", Map.class, (given, context) -> {
			work.accept(context);
			return Map.of("shown", true);
		});
		ToolRunner.builder(List.of(tool), Runnable::run, new RecordingContext(), (call, text) -> this.texts.add(text))
			.imageResults(taken ? (call, result) -> this.results.add(result) : null)
			.build()
			.run(new ToolCall("c1", "show", "{}"));
	}

	@Test
	void imagesBelongToTheResult() {
		run(true, (context) -> {
			assertThat(context.takesImages()).isTrue();
			context.addImage(PNG);
			context.addImage(JPEG);
		});
		assertThat(this.results).containsExactly(new ToolResult("{\"shown\":true}", List.of(PNG, JPEG)));
		assertThat(this.texts).isEmpty();
	}

	@Test
	void resultWithoutImagesIsAText() {
		run(true, (context) -> {
		});
		assertThat(this.texts).containsExactly("{\"shown\":true}");
		assertThat(this.results).isEmpty();
	}

	@Test
	void imagesOfACallThatFailsAreNotSent() {
		run(true, (context) -> {
			context.addImage(PNG);
			throw new ToolException("Torn");
		});
		assertThat(this.texts).containsExactly("{\"error\":\"Torn\"}");
		assertThat(this.results).isEmpty();
	}

	@Test
	void imagesAreRefusedWhereTheProviderTakesNone() {
		run(false, (context) -> {
			assertThat(context.takesImages()).isFalse();
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> context.addImage(PNG))
				.withMessageContaining("sendImage");
		});
		assertThat(this.texts).containsExactly("{\"shown\":true}");
	}

	@Test
	void onlyJpegAndPngAreImages() {
		MediaData webp = new MediaData(new byte[] { 1 }, "image/webp", 0, 0);
		run(true, (context) -> assertThatIllegalArgumentException().isThrownBy(() -> context.addImage(webp))
			.withMessageContaining("image/webp"));
		assertThat(this.texts).containsExactly("{\"shown\":true}");
		assertThatIllegalArgumentException().isThrownBy(() -> new ToolResult("{}", List.of(webp)));
	}

	@Test
	void imagesAreLimitedInNumberAndSize() {
		run(true, (context) -> {
			Collections.nCopies(ToolResult.MAX_IMAGES, PNG).forEach(context::addImage);
			assertThatIllegalArgumentException().isThrownBy(() -> context.addImage(PNG))
				.withMessageContaining("16 images");
		});
		assertThat(this.results).singleElement()
			.satisfies((result) -> assertThat(result.images()).hasSize(ToolResult.MAX_IMAGES));
		MediaData large = new MediaData(new byte[ToolResult.MAX_IMAGE_BYTES], "image/png", 0, 0);
		assertThat(new ToolResult("{}", List.of(large)).images()).hasSize(1);
		assertThatIllegalArgumentException().isThrownBy(() -> new ToolResult("{}", List.of(large, JPEG)))
			.withMessageContaining("bytes together");
	}

	@Test
	void resultDoesNotShowItsContent() {
		assertThat(new ToolResult("{\"pin\":1234}", List.of(PNG))).hasToString("ToolResult[12 characters, 1 images]");
	}

}
