package dev.streaming.memory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.Session;
import dev.streaming.SessionConfig;

/**
 * Sessions whose consumers take nothing. Tells how much of the heap each of them costs.
 * The address of the server and the number of sessions come as arguments; the server has
 * sent everything when it has closed the connections.
 */
public final class StalledConsumersApplication {

	private StalledConsumersApplication() {
	}

	public static void main(String[] args) throws Exception {
		int count = Integer.parseInt(args[1]);
		// The classes are there, and what is shared by all sessions
		open(args[0], 0);
		CountDownLatch never = new CountDownLatch(1);
		never.await(1, TimeUnit.SECONDS);
		long before = HostilePeerApplication.live();
		List<Session> sessions = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			sessions.add(open(args[0], i));
		}
		// Until all is handled that will be: what is on its way is bounded elsewhere
		long live = before;
		int steady = 0;
		for (int i = 0; i < 40 && steady < 3; i++) {
			never.await(500, TimeUnit.MILLISECONDS);
			long now = HostilePeerApplication.live();
			steady = (now > before && Math.abs(now - live) < count * 8L * 1024) ? steady + 1 : 0;
			live = now;
		}
		int waiting = sessions.stream().mapToInt((session) -> session.response().size()).sum();
		System.out.println(HostilePeerApplication.RESULT + (live - before) / 1024 / count + " KB each, "
				+ waiting / count + " chunks waiting");
		System.exit(0);
	}

	private static Session open(String server, int number) throws InterruptedException {
		HostilePeer.Protocol protocol = HostilePeer.Protocol.values()[number % 2];
		Conn conn = Conn.create(ConnConfig.builder(server + protocol).closeGracePeriod(Duration.ofSeconds(1)).build());
		conn.connect();
		return Session
			.open(SessionConfig.builder().conn(conn).handler(HostilePeerApplication.handler(protocol)).build());
	}

}
