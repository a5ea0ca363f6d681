package dev.streaming.realtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.MediaData;

/**
 * Images that a running tool adds to its result. Thread-safe.
 */
final class ResultImages {

	private final boolean taken;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private List<MediaData> images = List.of();

	/**
	 * Create a result without images.
	 * @param taken whether the provider accepts images
	 */
	ResultImages(boolean taken) {
		this.taken = taken;
	}

	boolean isTaken() {
		return this.taken;
	}

	void add(MediaData image) {
		ImageInput.check(image);
		if (!this.taken) {
			throw new UnsupportedOperationException("The model of this session takes no images in the result of a tool;"
					+ " send them beside it with sendImage, where the model takes images at all");
		}
		this.lock.lock();
		try {
			List<MediaData> all = new ArrayList<>(this.images);
			all.add(image);
			// Checks number and total size
			this.images = new ToolResult("", all).images();
		}
		finally {
			this.lock.unlock();
		}
	}

	List<MediaData> all() {
		this.lock.lock();
		try {
			return this.images;
		}
		finally {
			this.lock.unlock();
		}
	}

}
