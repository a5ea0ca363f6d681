package dev.streaming;

/**
 * {@link ErrorClassifier} for transient failures.
 */
enum TransientErrors implements ErrorClassifier {

	INSTANCE;

	@Override
	public boolean shouldReconnect(Throwable error) {
		if (error instanceof ConnectionLostException lost) {
			return isTransient(lost.closeStatus().getCode());
		}
		return error instanceof ConnectFailedException failed && failed.isRetryable();
	}

	private static boolean isTransient(int code) {
		return switch (code) {
			case 1002, 1003, 1007, 1008, 1009, 1010 -> false;
			default -> code < 3000 || code > 4999;
		};
	}

}
