package dev.streaming;

import java.util.ServiceLoader;

/**
 * Holds the engine that is on the class path, loaded when it is first needed.
 */
final class StreamingEngines {

	private StreamingEngines() {
	}

	/**
	 * Return the engine.
	 * @return the first that the service loader finds
	 */
	static StreamingEngine get() {
		return Holder.INSTANCE;
	}

	private static final class Holder {

		// Not the thread's class loader: the engine lies in the jar of this class
		static final StreamingEngine INSTANCE = ServiceLoader
			.load(StreamingEngine.class, StreamingEngine.class.getClassLoader())
			.findFirst()
			.orElseThrow(() -> new IllegalStateException(
					"No StreamingEngine was found: META-INF/services is missing from the jar of "
							+ StreamingEngine.class.getName()));

	}

}
