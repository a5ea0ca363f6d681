package dev.streaming.sample.browser;

import org.junit.jupiter.api.Test;

import org.springframework.test.context.ActiveProfiles;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample with the profile {@code gemini}.
 */
@ActiveProfiles("gemini")
class GeminiBrowserTests extends AbstractBrowserTests {

	@Test
	void spokenTurnIsDetectedAndAnsweredAndInterrupted() throws Exception {
		Chromium.Page page = visit();
		page.eval("window.seen = []; relay.on('playback', (event) => seen.push(event))");
		page.click("#microphone");
		page.awaitText(".message.user .said", "seconds of speech");
		page.awaitTrue("seen.some((event) => event.state === 'playing')");
		page.awaitText(".message.assistant .said", "I heard you");
		// The microphone speaks again while the answer is being played
		page.awaitTrue("seen.some((event) => event.state === 'stopped' && event.answer)");
		assertThat(page.eval("seen.find((event) => event.state === 'stopped' && event.answer).overrun").asInt())
			.isLessThan(100);
		page.awaitText("#timeline", "you: speech begins");
		page.awaitText("#timeline", "you: speech ends");
		page.click("#microphone");
		page.screenshot("gemini");
	}

	@Test
	void sessionMovesBeforeTheProviderGoesAway() throws Exception {
		Chromium.Page page = visit();
		page.say("I am Ann");
		page.awaitText("#timeline", "answer a1: stop");
		assertThat(page.eval("document.querySelectorAll('[data-break=go-away]').length").asInt()).isEqualTo(2);
		page.click("li:not([hidden]) > [data-break=go-away]");
		page.awaitText("#timeline", "as planned, nothing forgotten");
		page.say("who am I");
		page.awaitText("#messages", "before that “I am Ann”");
	}

}
