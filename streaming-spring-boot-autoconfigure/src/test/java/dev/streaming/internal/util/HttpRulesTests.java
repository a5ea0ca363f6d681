package dev.streaming.internal.util;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link HttpRules}.
 */
class HttpRulesTests {

	@ParameterizedTest
	@ValueSource(strings = { "Authorization", "x-api-key", "!#$%&'*+.^_`|~09az-AZ" })
	void token(String name) {
		assertThatNoException().isThrownBy(() -> HttpRules.header(name, "value"));
		assertThatNoException().isThrownBy(() -> HttpRules.subprotocol(name));
	}

	@ParameterizedTest
	@ValueSource(strings = { " ", "a b", "a:", "a/b", "(a)", "a\n", "\u00E4", "a\u007f", "a=b", "\"a\"", "{a}", "a,b" })
	void nameThatIsNoTokenIsRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> HttpRules.header(name, "value"));
		assertThatIllegalArgumentException().isThrownBy(() -> HttpRules.subprotocol(name));
	}

	@Test
	void emptyNameIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> HttpRules.header("", "value"))
			.withMessageContaining("must not be empty");
		assertThatIllegalArgumentException().isThrownBy(() -> HttpRules.subprotocol(""));
		assertThatIllegalArgumentException().isThrownBy(() -> HttpRules.subprotocol(null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "Bearer a.b-c_d==", "a\tb", "\u00E4\u00FF" })
	void value(String value) {
		assertThatNoException().isThrownBy(() -> HttpRules.header("name", value));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(
			strings = { "s3cret\r\nX: y", "s3cret\n", "s3cret\u0000", "s3cret\u0085", "s3cret\u20AC", "s3cret\u007f" })
	void valueThatCannotBeSentIsRefusedAndNotShown(@Nullable String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> HttpRules.header("X-Key", value))
			.withMessageContaining("X-Key")
			.withMessageContaining("line break")
			.withMessageNotContaining("s3cret");
	}

}
