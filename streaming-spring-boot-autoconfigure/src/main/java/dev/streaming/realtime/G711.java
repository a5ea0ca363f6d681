package dev.streaming.realtime;

/**
 * Conversion between 16 bit linear samples and the two 8 bit encodings of ITU-T G.711.
 */
final class G711 {

	private static final int MULAW_BIAS = 0x84;

	private static final int MULAW_CLIP = 32_635;

	private static final int ALAW_CLIP = 32_635;

	/** Mask of the bits of an A-law byte that are inverted for transmission. */
	private static final int ALAW_INVERSION = 0x55;

	private G711() {
	}

	static byte encodeMulaw(int sample) {
		int sign = (sample < 0) ? 0x80 : 0;
		int magnitude = Math.min(Math.abs(sample), MULAW_CLIP) + MULAW_BIAS;
		int exponent = Math.max(0, 31 - Integer.numberOfLeadingZeros(magnitude) - 7);
		int mantissa = (magnitude >> (exponent + 3)) & 0x0F;
		return (byte) ~(sign | (exponent << 4) | mantissa);
	}

	static int decodeMulaw(byte encoded) {
		int value = ~encoded & 0xFF;
		int exponent = (value >> 4) & 0x07;
		int magnitude = (((value & 0x0F) << 3) + MULAW_BIAS << exponent) - MULAW_BIAS;
		return ((value & 0x80) != 0) ? -magnitude : magnitude;
	}

	static byte encodeAlaw(int sample) {
		int sign = (sample >= 0) ? 0x80 : 0;
		// Negative values start at -1, positive ones at 0
		int magnitude = Math.min((sample >= 0) ? sample : -sample - 1, ALAW_CLIP);
		int exponent = Math.max(0, 31 - Integer.numberOfLeadingZeros(magnitude | 1) - 7);
		int mantissa = (magnitude >> ((exponent == 0) ? 4 : exponent + 3)) & 0x0F;
		return (byte) ((sign | (exponent << 4) | mantissa) ^ ALAW_INVERSION);
	}

	static int decodeAlaw(byte encoded) {
		int value = (encoded ^ ALAW_INVERSION) & 0xFF;
		int exponent = (value >> 4) & 0x07;
		int mantissa = value & 0x0F;
		int magnitude = (exponent == 0) ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1);
		return ((value & 0x80) != 0) ? magnitude : -magnitude;
	}

}
