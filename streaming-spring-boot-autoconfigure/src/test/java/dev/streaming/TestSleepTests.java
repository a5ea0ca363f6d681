package dev.streaming;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import dev.streaming.race.Race;
import dev.streaming.soak.Soak;
import dev.streaming.testsupport.Jitter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No test sleeps until another thread has probably done something: it awaits that, or
 * turns the clock.
 */
class TestSleepTests {

	/**
	 * {@link Jitter} makes threads late, and {@link Race} and {@link Soak} poll for what
	 * threads without virtual time do. The rest are pauses of the load of a soak.
	 */
	private static final Set<String> PAUSES = Set.of("Jitter", "Race", "Soak", "SoakLife", "SoakSender");

	@Test
	void onlyLoadAndPollingPause() {
		Set<String> pausing = TestTree.classes()
			.flatMap((type) -> type.getMethodCallsFromSelf().stream())
			.filter(TestSleepTests::isPause)
			.map((call) -> topLevel(call.getOriginOwner()))
			.collect(Collectors.toSet());
		assertThat(pausing).containsExactlyInAnyOrderElementsOf(PAUSES);
	}

	private static boolean isPause(JavaMethodCall call) {
		AccessTarget.MethodCallTarget target = call.getTarget();
		JavaClass owner = target.getOwner();
		return switch (target.getName()) {
			case "sleep" -> owner.isEquivalentTo(Thread.class) || owner.isEquivalentTo(TimeUnit.class);
			case "parkNanos", "parkUntil" -> owner.isEquivalentTo(LockSupport.class);
			default -> false;
		};
	}

	private static String topLevel(JavaClass type) {
		return type.getEnclosingClass().map(TestSleepTests::topLevel).orElse(type.getSimpleName());
	}

}
