package dev.streaming.internal.transport.netty;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the first address of a host that responds. Each address has a head start on
 * the next one, so that an unreachable one costs a quarter of a second instead of the
 * timeout of the dial (RFC 8305). Confined to the event loop.
 */
final class ConnectRace {

	private static final long HEAD_START_MILLIS = 250;

	private final EventLoop loop;

	private final Function<InetSocketAddress, ChannelFuture> connect;

	private final Deque<InetSocketAddress> addresses;

	private final Consumer<Channel> onConnected;

	private final Consumer<Throwable> onFailed;

	private final List<ChannelFuture> attempts = new ArrayList<>();

	private int pending;

	private boolean over;

	private @Nullable Throwable failure;

	private @Nullable ScheduledFuture<?> next;

	/**
	 * Create a race.
	 * @param loop the event loop
	 * @param addresses the addresses, at least one, in order of preference
	 * @param connect starts to connect to an address
	 * @param onConnected called with the connection, unless the race was cancelled
	 * @param onFailed called with the first failure when all addresses have failed
	 */
	ConnectRace(EventLoop loop, List<InetSocketAddress> addresses, Function<InetSocketAddress, ChannelFuture> connect,
			Consumer<Channel> onConnected, Consumer<Throwable> onFailed) {
		this.loop = loop;
		this.addresses = new ArrayDeque<>(addresses);
		this.connect = connect;
		this.onConnected = onConnected;
		this.onFailed = onFailed;
	}

	/**
	 * Try the next address.
	 */
	void advance() {
		if (this.over) {
			return;
		}
		InetSocketAddress address = this.addresses.poll();
		if (address == null) {
			if (this.pending == 0) {
				this.over = true;
				Throwable first = this.failure;
				this.onFailed.accept((first != null) ? first : new IllegalStateException("There is no address"));
			}
			return;
		}
		this.pending++;
		ChannelFuture attempt = this.connect.apply(address);
		this.attempts.add(attempt);
		if (!this.addresses.isEmpty()) {
			this.next = this.loop.schedule(this::advance, HEAD_START_MILLIS, TimeUnit.MILLISECONDS);
		}
		attempt.addListener((future) -> ended(attempt));
	}

	private void ended(ChannelFuture attempt) {
		this.pending--;
		if (this.over) {
			attempt.channel().close();
			return;
		}
		if (attempt.isSuccess()) {
			this.attempts.remove(attempt);
			cancel();
			this.onConnected.accept(attempt.channel());
			return;
		}
		if (this.failure == null) {
			this.failure = attempt.cause();
		}
		cancelNext();
		advance();
	}

	/**
	 * End the race and close pending connections.
	 */
	void cancel() {
		this.over = true;
		cancelNext();
		this.attempts.forEach((attempt) -> attempt.channel().close());
		this.attempts.clear();
	}

	private void cancelNext() {
		ScheduledFuture<?> scheduled = this.next;
		if (scheduled != null) {
			scheduled.cancel(false);
			this.next = null;
		}
	}

}
