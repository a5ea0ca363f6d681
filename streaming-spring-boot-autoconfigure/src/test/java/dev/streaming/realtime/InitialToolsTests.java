package dev.streaming.realtime;

import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.streaming.PermanentFailureException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link InitialTools}.
 */
class InitialToolsTests {

	private static final RealtimeTool CONFIGURED = RealtimeTool.of("look", "Looks", (arguments) -> "seen");

	private static final RealtimeTool OWN = RealtimeTool.of("listen", "Listens", (arguments) -> "heard");

	@Test
	void sessionWithoutTheAttributeHasTheConfiguredTools() {
		assertThat(InitialTools.of(Map.of("voice", "marin"), List.of(CONFIGURED))).containsExactly(CONFIGURED);
	}

	@Test
	void attributeReplacesTheConfiguredTools() {
		assertThat(InitialTools.of(Map.of("tools", Set.of(OWN)), List.of(CONFIGURED))).containsExactly(OWN);
	}

	@Test
	void emptyAttributeLeavesASessionWithoutTools() {
		assertThat(InitialTools.of(Map.of("tools", List.of()), List.of(CONFIGURED))).isEmpty();
	}

	@ParameterizedTest
	@MethodSource
	void attributeOfAnotherTypeIsRefusedWithoutItsValue(Object wrong) {
		assertThatExceptionOfType(PermanentFailureException.class)
			.isThrownBy(() -> InitialTools.of(Map.of("tools", wrong), List.of(CONFIGURED)))
			.withMessage("The session attribute 'tools' must be a collection of RealtimeTool, not a "
					+ wrong.getClass().getName());
	}

	private static List<Object> attributeOfAnotherTypeIsRefusedWithoutItsValue() {
		return List.of("look", List.of(OWN, "look"), Map.of("look", OWN));
	}

}
