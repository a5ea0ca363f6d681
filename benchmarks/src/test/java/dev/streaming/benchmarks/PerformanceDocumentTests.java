package dev.streaming.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class PerformanceDocumentTests {

	@TempDir
	private Path directory;

	@Test
	void onlyTheTextBetweenTheMarkersIsReplaced() throws IOException {
		Path document = this.directory.resolve("performance.md");
		Files.copy(Path.of("../docs/performance.md"), document);
		String before = Files.readString(document);
		PerformanceDocument.write(document, "first\n");
		PerformanceDocument.write(document, "second\n");
		String after = Files.readString(document);
		assertThat(after).contains("second\n<!-- end").doesNotContain("first\n<!-- end");
		assertThat(after.substring(0, after.indexOf("<!-- begin")))
			.isEqualTo(before.substring(0, before.indexOf("<!-- begin")));
		assertThat(after.substring(after.indexOf("<!-- end"))).isEqualTo(before.substring(before.indexOf("<!-- end")));
	}

	@Test
	void documentWithoutMarkersIsLeftAlone() throws IOException {
		Path document = Files.writeString(this.directory.resolve("other.md"), "text");
		assertThatIOException().isThrownBy(() -> PerformanceDocument.write(document, "tables"))
			.withMessageContaining("has no place for the tables");
		assertThat(document).hasContent("text");
	}

}
