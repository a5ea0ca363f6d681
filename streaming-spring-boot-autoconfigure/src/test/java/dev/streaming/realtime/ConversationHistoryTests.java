package dev.streaming.realtime;

import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link ConversationHistory}.
 */
class ConversationHistoryTests {

	private final ConversationHistory history = new ConversationHistory(3);

	@Test
	void keepsTheLastTextsInOrder() {
		for (int i = 1; i <= 5; i++) {
			this.history.add((i % 2 == 0) ? Role.ASSISTANT : Role.USER, "text " + i);
		}
		assertThat(this.history.items()).extracting(Item::text).containsExactly("text 3", "text 4", "text 5");
		assertThat(this.history.items()).extracting(Item::role).containsExactly(Role.USER, Role.ASSISTANT, Role.USER);
	}

	@Test
	void textThatComesLateTakesItsPlace() {
		this.history.place("question", Role.USER);
		this.history.append("answer", Role.ASSISTANT, "It ");
		this.history.append("answer", Role.ASSISTANT, "is");
		assertThat(this.history.items()).extracting(Item::id).containsExactly("answer");
		this.history.set("question", Role.USER, "Is it?");
		assertThat(this.history.items()).extracting(Item::text).containsExactly("Is it?", "It is");
	}

	@Test
	void placesWithoutTextsDoNotPushTextsOut() {
		this.history.add(Role.USER, "text");
		for (int i = 0; i < 5; i++) {
			this.history.place("place " + i, Role.USER);
		}
		assertThat(this.history.items()).hasSize(1);
	}

	@Test
	void placesAreBoundedToo() {
		for (int i = 0; i < 100; i++) {
			this.history.place("place " + i, Role.USER);
		}
		assertThat(this.history.contains("place 0")).isFalse();
		assertThat(this.history.contains("place 99")).isTrue();
	}

	@Test
	void charactersAreBounded() {
		this.history.add(Role.USER, "a".repeat(150_000));
		this.history.add(Role.ASSISTANT, "b".repeat(150_000));
		assertThat(this.history.items()).extracting(Item::role).containsExactly(Role.ASSISTANT);
	}

	@Test
	void textIsCutToItsShare() {
		this.history.set("a", Role.ASSISTANT, "0123456789");
		this.history.cut("a", 0.35);
		this.history.cut("unknown", 0.5);
		assertThat(this.history.items()).extracting(Item::text).containsExactly("012");
		this.history.cut("a", 0);
		assertThat(this.history.items()).isEmpty();
	}

	@Test
	void heldItemIsOmittedUntilItIsReleased() {
		this.history.set("a", Role.USER, "text");
		this.history.hold("a");
		assertThat(this.history.items()).isEmpty();
		this.history.release();
		assertThat(this.history.items()).hasSize(1);
		this.history.remove("a");
		assertThat(this.history.items()).isEmpty();
	}

	@Test
	void nothingIsKeptWhenThatIsOff() {
		ConversationHistory off = new ConversationHistory(0);
		off.add(Role.USER, "text");
		off.place("a", Role.USER);
		assertThat(off.items()).isEmpty();
		assertThat(off.contains("a")).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> new ConversationHistory(-1));
	}

	@Test
	void textsAreNotShown() {
		this.history.add(Role.USER, "confidential");
		assertThat(this.history.items().toString()).doesNotContain("confidential").contains("12 chars");
	}

}
