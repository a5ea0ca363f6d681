package dev.streaming.testsupport;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.netty.util.ResourceLeakDetector;

/**
 * Netty's detector of buffers that were not released, which also writes its reports down.
 * Netty makes one for each kind of resource, if the system property
 * {@code io.netty.customResourceLeakDetector} names this class.
 *
 * @param <T> the resource
 */
public final class LeakReports<T> extends ResourceLeakDetector<T> {

	private static final List<String> reports = new CopyOnWriteArrayList<>();

	/**
	 * Create a detector. Called by Netty.
	 * @param type the resource
	 * @param interval of so many resources one is watched
	 */
	public LeakReports(Class<?> type, int interval) {
		super(type, interval);
	}

	/**
	 * Create a detector. Called by Netty.
	 * @param type the resource
	 * @param interval of so many resources one is watched
	 * @param maxActive not used any more
	 */
	public LeakReports(Class<?> type, int interval, long maxActive) {
		super(type, interval);
	}

	/**
	 * Return the reports since the last call, and forget them.
	 * @return the reports
	 */
	static List<String> take() {
		List<String> taken = List.copyOf(reports);
		reports.removeAll(taken);
		return taken;
	}

	@Override
	protected boolean needReport() {
		return true;
	}

	@Override
	protected void reportTracedLeak(String resourceType, String records) {
		reports.add(resourceType + records);
		super.reportTracedLeak(resourceType, records);
	}

	@Override
	protected void reportUntracedLeak(String resourceType) {
		reports.add(resourceType);
		super.reportUntracedLeak(resourceType);
	}

}
