package dev.streaming;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Opens a session on a new thread, for a {@link SessionFactory} that supports blocking
 * calls only. Interrupted on cancellation.
 */
final class OpeningThread {

	private OpeningThread() {
	}

	static CompletionStage<Session> open(Callable<Session> opening) {
		CompletableFuture<Session> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> run(opening, result), "streaming-open");
		thread.setDaemon(true);
		result.whenComplete((session, failure) -> {
			if (result.isCancelled()) {
				thread.interrupt();
			}
		});
		thread.start();
		return result;
	}

	private static void run(Callable<Session> opening, CompletableFuture<Session> result) {
		try {
			Session session = opening.call();
			if (!result.complete(session)) {
				session.close();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			result.completeExceptionally(ex);
		}
		catch (Throwable ex) {
			result.completeExceptionally(ex);
		}
	}

}
