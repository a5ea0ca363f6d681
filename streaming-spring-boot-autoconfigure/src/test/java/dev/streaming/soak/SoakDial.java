package dev.streaming.soak;

import org.jspecify.annotations.Nullable;

/**
 * One dial of a {@link Soak}, known to both sides of the wire by a header.
 *
 * @param lane which of the sessions side by side
 * @param life which session of the lane, 1 for the first
 * @param number which dial of the session, 1 for the first
 */
record SoakDial(int lane, int life, int number) {

	static final String HEADER = "X-Soak-Dial";

	static SoakDial parse(@Nullable String text) {
		if (text == null) {
			throw new AssertionError("A dial without the header " + HEADER);
		}
		String[] parts = text.split("\\.");
		return new SoakDial(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
	}

	@Override
	public String toString() {
		return this.lane + "." + this.life + "." + this.number;
	}

}
