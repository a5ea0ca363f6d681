package dev.streaming;

import java.util.ServiceLoader;

/**
 * Holder of the engine on the class path, which is loaded on first use.
 */
final class StreamingEngines {

	private StreamingEngines() {
	}

	/**
	 * Return the engine.
	 * @return the first engine of the service loader
	 */
	static StreamingEngine get() {
		return Holder.INSTANCE;
	}

	private static final class Holder {

		// Not the thread's class loader, because the engine is part of the same jar
		static final StreamingEngine INSTANCE = ServiceLoader
			.load(StreamingEngine.class, StreamingEngine.class.getClassLoader())
			.findFirst()
			.orElseThrow(() -> new IllegalStateException(
					"No StreamingEngine was found: META-INF/services is missing from the jar of "
							+ StreamingEngine.class.getName()));

	}

}
