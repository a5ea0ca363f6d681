package dev.streaming.internal.session;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.PermanentFailureException;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The {@link ReconnectPolicy} alone.
 */
@Rule("S5")
class ReconnectPolicyTests {

	private static final ErrorClassifier YES = (failure) -> true;

	private final IOException failure = new IOException("lost");

	private static ReconnectPolicy policy(Consumer<SessionConfig.Builder> changes) {
		return new PartsFixture(changes).policy;
	}

	private static ReconnectPolicy withFunctions(Consumer<SessionConfig.Builder> changes) {
		return policy((config) -> {
			config.handler(null).onMessage((message) -> List.of()).onError(YES);
			changes.accept(config);
		});
	}

	@Test
	void classifierDecides() {
		assertThat(policy((config) -> config.onError(YES)).reconnectsAfter(this.failure)).isTrue();
		assertThat(policy((config) -> config.onError((error) -> error != this.failure)).reconnectsAfter(this.failure))
			.isFalse();
	}

	@Test
	void allFailuresAreFatalWithoutAClassifier() {
		assertThat(policy((config) -> config.onError(null)).reconnectsAfter(this.failure)).isFalse();
	}

	@Test
	void classifierThatThrowsMeansPermanent() {
		assertThat(policy((config) -> config.onError((error) -> {
			throw new IllegalStateException("in the classifier");
		})).isTransient(this.failure)).isFalse();
	}

	@Test
	void permanentFailureIsNotClassified() {
		assertThat(policy((config) -> config.onError(YES)).isTransient(new PermanentFailureException("for good", null)))
			.isFalse();
	}

	@Test
	void attemptsAndAHookAreNeeded() {
		assertThat(policy((config) -> config.onError(YES).maxReconnectAttempts(0)).reconnectsAfter(this.failure))
			.isFalse();
		ReconnectPolicy withoutHook = withFunctions((config) -> {
		});
		assertThat(withoutHook.reconnectsAfter(this.failure)).isFalse();
		assertThat(withoutHook.canSetUp()).isFalse();
		ReconnectPolicy withHook = withFunctions((config) -> config.onReconnect((context, conn) -> {
		}));
		assertThat(withHook.reconnectsAfter(this.failure)).isTrue();
		assertThat(withHook.canSetUp()).isTrue();
	}

	@Test
	void classifierOfTheHandlerComesFirst() {
		SessionConfig config = new PartsFixture((builder) -> builder.onError(YES)).environment.config();
		ReconnectPolicy policy = new ReconnectPolicy(config, new SessionHandler() {

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				return List.of();
			}

			@Override
			public ErrorClassifier errorClassifier() {
				return (error) -> false;
			}

		}, new SessionLog(config.logger(), "test-1", "test"));
		assertThat(policy.isTransient(this.failure)).isFalse();
	}

}
