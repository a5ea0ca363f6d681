package dev.streaming.internal.transport.netty;

import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link ConnectRace}, on a clock that is turned.
 */
class ConnectRaceTests {

	private final EmbeddedChannel clock = new EmbeddedChannel();

	private final Map<InetSocketAddress, ChannelPromise> attempts = new HashMap<>();

	private final List<InetSocketAddress> order = new ArrayList<>();

	private final List<Channel> connected = new ArrayList<>();

	private final List<Throwable> failures = new ArrayList<>();

	private final InetSocketAddress first = InetSocketAddress.createUnresolved("first", 1);

	private final InetSocketAddress second = InetSocketAddress.createUnresolved("second", 2);

	private final InetSocketAddress third = InetSocketAddress.createUnresolved("third", 3);

	private final ConnectRace race = new ConnectRace(this.clock.eventLoop(),
			List.of(this.first, this.second, this.third), this::connect, this.connected::add, this.failures::add);

	ConnectRaceTests() {
		this.clock.freezeTime();
		this.race.advance();
	}

	private ChannelFuture connect(InetSocketAddress address) {
		this.order.add(address);
		ChannelPromise promise = new EmbeddedChannel().newPromise();
		this.attempts.put(address, promise);
		return promise;
	}

	private void turn(long millis) {
		this.clock.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
		this.clock.runScheduledPendingTasks();
	}

	private void fail(InetSocketAddress address, String message) {
		this.attempts.get(address).setFailure(new ConnectException(message));
	}

	@Test
	void nextAddressIsTriedAfterAHeadStart() {
		turn(249);
		assertThat(this.order).containsExactly(this.first);
		turn(1);
		assertThat(this.order).containsExactly(this.first, this.second);
		turn(250);
		assertThat(this.order).containsExactly(this.first, this.second, this.third);
	}

	@Test
	void nextAddressIsTriedAtOnceWhenOneFails() {
		fail(this.first, "refused");
		assertThat(this.order).containsExactly(this.first, this.second);
		turn(249);
		assertThat(this.order).hasSize(2);
		turn(1);
		assertThat(this.order).hasSize(3);
	}

	@Test
	void firstThatConnectsWinsAndTheOthersAreClosed() {
		turn(250);
		this.attempts.get(this.second).setSuccess();
		assertThat(this.connected).containsExactly(this.attempts.get(this.second).channel());
		assertThat(this.attempts.get(this.first).channel().isOpen()).isFalse();
		turn(1000);
		assertThat(this.order).hasSize(2);
		assertThat(this.attempts.get(this.second).channel().isOpen()).isTrue();
	}

	@Test
	void connectionThatComesLateIsClosed() {
		turn(250);
		this.attempts.get(this.second).setSuccess();
		this.attempts.get(this.first).setSuccess();
		assertThat(this.connected).hasSize(1);
		assertThat(this.attempts.get(this.first).channel().isOpen()).isFalse();
	}

	@Test
	void firstFailureIsReportedWhenAllHaveFailed() {
		turn(500);
		fail(this.second, "second");
		fail(this.first, "first");
		assertThat(this.failures).isEmpty();
		fail(this.third, "third");
		assertThat(this.failures).singleElement().satisfies((failure) -> assertThat(failure).hasMessage("second"));
	}

	@Test
	void cancelClosesPendingConnectionsWithoutAReport() {
		turn(250);
		this.race.cancel();
		assertThat(this.attempts.values()).noneMatch((attempt) -> attempt.channel().isOpen());
		fail(this.first, "closed");
		turn(1000);
		assertThat(this.order).hasSize(2);
		assertThat(this.failures).isEmpty();
	}

}
