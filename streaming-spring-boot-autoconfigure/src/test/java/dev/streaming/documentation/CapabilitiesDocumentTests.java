package dev.streaming.documentation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.gemini.GeminiLiveOptions;
import dev.streaming.openai.OpenAiLiveOptions;
import dev.streaming.openai.OpenAiRealtimeOptions;
import dev.streaming.openai.OpenAiTranscription;
import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import org.junit.jupiter.api.Test;

/**
 * The table of what each provider can is that of the profiles.
 */
class CapabilitiesDocumentTests {

	private static RealtimeCapabilities openAi(String model) {
		return OpenAiRealtimeOptions.builder().model(model).build().capabilities();
	}

	private static RealtimeCapabilities gemini(String model) {
		return GeminiLiveOptions.builder().model(model).build().capabilities();
	}

	@Test
	void tableIsThatOfTheProfiles() {
		Map<String, RealtimeCapabilities> columns = new LinkedHashMap<>();
		columns.put("OpenAI `gpt-realtime-2` family", openAi("gpt-realtime-2.1"));
		columns.put("OpenAI, older", openAi("gpt-realtime-1.5"));
		columns.put("OpenAI transcription", OpenAiTranscription.capabilities());
		columns.put("OpenAI GPT-Live", OpenAiLiveOptions.builder().build().capabilities());
		columns.put("Gemini 3.8", gemini("gemini-3.8-live"));
		columns.put("Gemini 3.1", gemini("gemini-3.1-flash-live"));
		columns.put("Gemini 2", gemini("gemini-2.5-flash"));
		List<String> lines = new ArrayList<>();
		lines.add("| feature | " + String.join(" | ", columns.keySet()) + " |");
		lines.add("| --- |" + " --- |".repeat(columns.size()));
		for (Feature feature : Feature.values()) {
			StringBuilder row = new StringBuilder("| `" + feature.settingName() + "` |");
			columns.values().forEach((each) -> row.append(each.supports(feature) ? " yes |" : " – |"));
			lines.add(row.toString());
		}
		Documents.assertGenerated(Documents.ROOT.resolve("docs/providers.md"), "<!-- capabilities -->", lines);
	}

}
