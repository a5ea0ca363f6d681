package dev.streaming.sample.browser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample as it starts without a profile: the embedded provider in OpenAI's shape.
 */
class BrowserTests extends AbstractBrowserTests {

	/** The texts with a contrast below that of WCAG's level AA. */
	private static final String FAINT_TEXTS = """
			(() => {
				const rgb = (color) => color.match(/[\\d.]+/g).map(Number);
				const light = (color) => rgb(color).slice(0, 3).map((v) => v / 255)
					.map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
					.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
				const behind = (element) => {
					const color = getComputedStyle(element).backgroundColor;
					return rgb(color)[3] === 0 ? behind(element.parentElement) : color;
				};
				return [...document.querySelectorAll('body *')]
					.filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
					.filter((e) => {
						const both = [light(getComputedStyle(e).color), light(behind(e))].sort((a, b) => b - a);
						return (both[0] + 0.05) / (both[1] + 0.05) < 4.5;
					})
					.map((e) => e.textContent);
			})()""";

	@Test
	void spokenTurnIsDetectedAndAnsweredAndInterrupted() throws Exception {
		Chromium.Page page = visit();
		page.screenshot("begin-light");
		page.eval("window.seen = []; relay.on('playback', (event) => seen.push(event))");
		page.click("#microphone");
		page.awaitText(".message.user .said", "seconds of speech");
		page.awaitTrue("seen.some((event) => event.state === 'playing')");
		page.awaitText(".message.assistant .said", "I heard you");
		page.awaitText("#first-audio", " ms");
		page.eval("scrollTo(0, 0)");
		page.screenshot("talking-light");
		// The microphone speaks again while the answer is being played
		page.awaitTrue("seen.some((event) => event.state === 'stopped' && event.answer)");
		assertThat(page.eval("seen.find((event) => event.state === 'stopped' && event.answer).overrun").asInt())
			.isLessThan(100);
		assertThat(page.eval("seen.find((event) => event.state === 'stopped' && event.answer).position").asInt())
			.isPositive();
		page.awaitText("#timeline", "you: speech begins");
		page.click("#microphone");
		page.dark(true);
		page.screenshot("talking-dark");
	}

	@Test
	void textIsAnsweredAndSpoken() throws Exception {
		Chromium.Page page = visit();
		page.eval("window.states = []; relay.on('playback', (event) => states.push(event.state))");
		page.say("weather in Oslo");
		page.awaitText("#messages", "I looked it up");
		page.awaitText(".note", "calls weather");
		page.awaitTrue("states.includes('idle')");
		assertThat(page.eval("states.includes('playing')").asBoolean()).isTrue();
		page.size(390, 844, true);
		page.screenshot("phone");
		assertThat(page.eval("document.documentElement.scrollWidth").asInt()).isLessThanOrEqualTo(390);
	}

	@ParameterizedTest
	@CsvSource({ "drop,no goodbye|attempt 1|back after", "refuse?for=6s,no goodbye|attempt 2|back after",
			"go-away,close code 1001|attempt 1|back after", "freeze,no goodbye|back after",
			"page,page: connection lost|back to the same session" })
	void faultLeadsToItsTimeline(String fault, String expected) throws Exception {
		Chromium.Page page = visit();
		page.say("I am Ann");
		page.awaitText("#timeline", "answer a1: stop");
		page.click("[data-break=\"" + fault + "\"]");
		if (fault.startsWith("refuse")) {
			page.awaitText("#state", "attempt");
			page.eval("scrollTo(0, 0)");
			page.screenshot("outage");
		}
		for (String words : expected.split("\\|")) {
			page.awaitText("#timeline", words);
		}
		page.awaitTrue("document.querySelector('#state').textContent === 'open'");
		page.say("who am I");
		page.awaitText("#messages", "before that “I am Ann”");
	}

	@Test
	void refusedKeyEndsSessionInWords() throws Exception {
		Chromium.Page page = visit();
		page.click("[data-break=\"refuse?for=6s&status=401\"]");
		page.awaitTrue("document.querySelector('#state').textContent === 'closed'");
		page.awaitText("#notice", "failed");
		page.awaitText("#notice", "Start again");
		page.eval("fetch('provider/refuse?for=1ms', { method: 'POST' })");
		page.awaitTrue("(document.querySelector('#notice button')?.click(),"
				+ " document.querySelector('#state').textContent === 'open')");
	}

	@Test
	void missingAnswerIsReportedAndFloodArrivesInOrder() throws Exception {
		Chromium.Page page = visit();
		page.click("[data-break=\"next-answer?what=never\"]");
		page.awaitText(".message.user", "Is anybody there?");
		page.awaitText("#timeline", "The model has not answered");
		page.click("[data-break=\"next-answer?what=flood\"]");
		page.awaitTrue("document.querySelector('.message.assistant .said')?.textContent.endsWith(' 2999 3000')");
		page.awaitTrue("/model: 3000 words in .* all in order/.test(document.querySelector('#timeline').textContent)");
	}

	@Test
	void slowPageSlowsItsOwnSessionAndLosesNothing() throws Exception {
		Chromium.Page slow = visit();
		Chromium.Page other = visit();
		slow.click("[data-break^=slow-page]");
		slow.awaitText("#timeline", "page: slow for 8.0");
		slow.awaitText("#timeline", "reading stops");
		other.say("I am Bob");
		other.awaitText("#timeline", "answer a1: stop");
		// The other's answer came while the page was still slow
		assertThat(slow.text("#timeline")).doesNotContain("page: as fast as before");
		slow.screenshot("slow-page");
		slow.awaitTrue("/model: 3000 words in .* all in order/.test(document.querySelector('#timeline').textContent)");
		slow.awaitText("#timeline", "page: as fast as before");
	}

	@Test
	void faultAffectsOnlyTheRequestingVisitor() throws Exception {
		Chromium.Page ann = visit();
		Chromium.Page bob = visit();
		ann.click("[data-break=\"refuse?for=6s\"]");
		ann.awaitText("#timeline", "model: attempt 2");
		bob.say("I am Bob");
		bob.awaitText("#timeline", "answer a1: stop");
		assertThat(bob.text("#timeline")).doesNotContain("connection lost");
		ann.awaitText("#timeline", "back after");
	}

	@Test
	void answerBreaksOffAndTheConversationGoesOn() throws Exception {
		Chromium.Page page = visit();
		page.click("[data-break=\"drop?next-answer=true\"]");
		page.awaitText(".message.broken", "1 2 3");
		page.awaitText("#timeline", "back after");
		page.say("who am I");
		page.awaitText("#messages", "before that “count to 40”");
		page.awaitText("#timeline", "answer a2: stop");
		page.eval("scrollTo(0, 0)");
		page.screenshot("conversation");
	}

	@Test
	void plannedChangeLosesNothing() throws Exception {
		Chromium.Page page = visit();
		page.say("I am Ann");
		page.awaitText("#timeline", "answer a1: stop");
		page.click("[data-break=change]");
		page.awaitText("#timeline", "as planned");
		page.say("who am I");
		page.awaitText("#messages", "before that “I am Ann”");
	}

	@Test
	void pageIsUsedByKeyboardAndScreenReader() throws Exception {
		Chromium.Page page = visit();
		assertThat(page.namelessControls()).isEmpty();
		page.say("count to 40");
		page.awaitText(".message.assistant .said", "3");
		page.key("rawKeyDown", "Escape", "Escape");
		page.key("keyUp", "Escape", "Escape");
		page.awaitText("#timeline", "answer a1: cancelled");
		page.eval(
				"document.querySelector('[value=push-to-talk]').click(); document.querySelector('#microphone').focus()");
		page.key("keyDown", " ", "Space");
		page.awaitTrue("relay.microphone === 'push-to-talk' && relay.talking");
		assertThat(page.eval("document.querySelector('#microphone').ariaPressed").asString()).isEqualTo("true");
		page.key("keyUp", " ", "Space");
		page.awaitTrue("!relay.talking");
		assertThat(page.eval("document.querySelector('#microphone').ariaPressed").asString()).isEqualTo("false");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void textsStandOutFromTheirBackground(boolean dark) throws Exception {
		Chromium.Page page = visit();
		page.dark(dark);
		page.click("[data-break=\"drop?next-answer=true\"]");
		page.awaitTrue("document.querySelector('.message.broken .note.bad')");
		page.awaitText("#timeline", "back after");
		page.screenshot(dark ? "broken-dark" : "broken-light");
		assertThat(page.eval(FAINT_TEXTS).valueStream().map(JsonNode::asString)).isEmpty();
	}

	@Test
	void reloadComesBackToTheConversation() throws Exception {
		Chromium.Page page = visit();
		page.say("I am Ann");
		page.awaitText("#timeline", "answer a1: stop");
		page.eval("window.old = true");
		page.reload();
		page.awaitTrue("!window.old && document.querySelector('#state').textContent === 'open'");
		page.awaitText("#messages", "I am Ann");
		page.awaitText("#timeline", "back to the same session");
	}

	@Test
	void visitorsDoNotHearEachOtherAndClosedTabEnds() throws Exception {
		Chromium.Page ann = visit();
		Chromium.Page bob = visit();
		ann.say("I am Ann");
		ann.awaitText("#timeline", "answer a1: stop");
		bob.say("what did I say");
		bob.awaitText("#timeline", "answer a1: stop");
		assertThat(bob.text("#messages")).doesNotContain("Ann").contains("the first thing in this conversation");
		String ended = "fetch('actuator/prometheus').then((r) => r.text()).then((t) => t.split('\\n')"
				+ ".filter((l) => l.startsWith('streaming_relay_ended_total') && l.includes('expired'))"
				+ ".some((l) => Number(l.split(' ').pop()) >= 1))";
		leave(ann);
		bob.awaitAsync(ended);
	}

}
