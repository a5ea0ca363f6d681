package dev.streaming.realtime;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

import org.springframework.util.Assert;

/**
 * Converts audio between the formats of microphones, telephones and providers: 16 bit
 * little-endian mono PCM of 8, 16, 24 and 48 kHz, and G.711.
 *
 * <pre>{@code
 * byte[] pcm = Pcm.fromMulaw(fromTheTelephone);
 * client.sendAudio(client.inputFormat().media(Pcm.resample(pcm, 8_000, 24_000)));
 * }</pre>
 *
 * Use one {@link #resampler(int, int) resampler} for a stream of pieces, so that there
 * are no clicks between the pieces.
 *
 * @since 1.0.0
 */
public final class Pcm {

	private static final Set<Integer> RATES = Set.of(8_000, 16_000, 24_000, 48_000);

	private Pcm() {
	}

	/**
	 * Resample a whole recording.
	 * @param pcm 16 bit little-endian mono PCM, whole samples
	 * @param fromRate its sample rate: 8000, 16000, 24000 or 48000
	 * @param toRate the sample rate of the result, one of the same
	 * @return the recording, of the same duration
	 * @throws IllegalArgumentException if a rate is not supported, or a sample is
	 * incomplete
	 */
	public static byte[] resample(byte[] pcm, int fromRate, int toRate) {
		checkWhole(pcm);
		Resampler resampler = resampler(fromRate, toRate);
		byte[] first = resampler.resample(pcm);
		byte[] last = resampler.end();
		byte[] all = Arrays.copyOf(first, first.length + last.length);
		System.arraycopy(last, 0, all, first.length, last.length);
		return all;
	}

	/**
	 * Create a resampler for a stream of pieces.
	 * @param fromRate the sample rate of the stream: 8000, 16000, 24000 or 48000
	 * @param toRate the sample rate of the result, one of the same
	 * @return the resampler, for one stream
	 * @throws IllegalArgumentException if a rate is not supported
	 */
	public static Resampler resampler(int fromRate, int toRate) {
		checkRate("fromRate", fromRate);
		checkRate("toRate", toRate);
		return new Resampler(fromRate, toRate);
	}

	private static void checkRate(String name, int rate) {
		Assert.isTrue(RATES.contains(rate),
				() -> "'" + name + "' must be one of " + new TreeSet<>(RATES) + " Hz, but is " + rate);
	}

	private static void checkWhole(byte[] pcm) {
		Assert.notNull(pcm, "'pcm' must not be null");
		Assert.isTrue(pcm.length % 2 == 0,
				() -> "'pcm' must be whole samples of 16 bit, but has " + pcm.length + " bytes");
	}

	/**
	 * Encode as G.711 µ-law.
	 * @param pcm 16 bit little-endian PCM, whole samples
	 * @return one byte a sample
	 */
	public static byte[] toMulaw(byte[] pcm) {
		checkWhole(pcm);
		byte[] encoded = new byte[pcm.length / 2];
		for (int i = 0; i < encoded.length; i++) {
			encoded[i] = G711.encodeMulaw(sample(pcm, i));
		}
		return encoded;
	}

	/**
	 * Decode G.711 µ-law.
	 * @param mulaw one byte a sample
	 * @return 16 bit little-endian PCM of the same rate
	 */
	public static byte[] fromMulaw(byte[] mulaw) {
		Assert.notNull(mulaw, "'mulaw' must not be null");
		byte[] pcm = new byte[mulaw.length * 2];
		for (int i = 0; i < mulaw.length; i++) {
			write(pcm, i, G711.decodeMulaw(mulaw[i]));
		}
		return pcm;
	}

	/**
	 * Encode as G.711 A-law.
	 * @param pcm 16 bit little-endian PCM, whole samples
	 * @return one byte a sample
	 */
	public static byte[] toAlaw(byte[] pcm) {
		checkWhole(pcm);
		byte[] encoded = new byte[pcm.length / 2];
		for (int i = 0; i < encoded.length; i++) {
			encoded[i] = G711.encodeAlaw(sample(pcm, i));
		}
		return encoded;
	}

	/**
	 * Decode G.711 A-law.
	 * @param alaw one byte a sample
	 * @return 16 bit little-endian PCM of the same rate
	 */
	public static byte[] fromAlaw(byte[] alaw) {
		Assert.notNull(alaw, "'alaw' must not be null");
		byte[] pcm = new byte[alaw.length * 2];
		for (int i = 0; i < alaw.length; i++) {
			write(pcm, i, G711.decodeAlaw(alaw[i]));
		}
		return pcm;
	}

	static int sample(byte[] pcm, int index) {
		return (pcm[2 * index] & 0xFF) | (pcm[2 * index + 1] << 8);
	}

	static void write(byte[] pcm, int index, int sample) {
		pcm[2 * index] = (byte) sample;
		pcm[2 * index + 1] = (byte) (sample >> 8);
	}

	/**
	 * Resampler of one stream: a windowed sinc filter with compensated delay. Not
	 * thread-safe.
	 */
	public static final class Resampler {

		/** Number of zero crossings of the filter on each side. */
		private static final int CROSSINGS = 32;

		/** Share of the lower rate's band that is passed. */
		private static final double PASSED = 0.92;

		/** Shape of the Kaiser window: about 80 dB beside the passed band. */
		private static final double BETA = 8;

		// Input samples per output sample are step / phases
		private final int phases;

		private final int step;

		// Number of input samples on each side of an output sample
		private final int reach;

		private final double[][] taps;

		private final AudioInput halves = new AudioInput();

		// Input samples for the next output sample, and later ones
		private double[] window;

		private int filled;

		// Position of the next output sample relative to the start of the window, in
		// phases
		private long next;

		private long received;

		private long produced;

		Resampler(int fromRate, int toRate) {
			int divisor = gcd(fromRate, toRate);
			this.phases = toRate / divisor;
			this.step = fromRate / divisor;
			double band = Math.min(1, (double) toRate / fromRate);
			this.reach = (int) Math.ceil(CROSSINGS / band);
			this.taps = (fromRate != toRate) ? taps(band * PASSED) : new double[0][];
			this.window = new double[this.reach * 4];
			// Silence precedes the first sample
			this.filled = this.reach;
			this.next = (long) this.reach * this.phases;
		}

		private static int gcd(int a, int b) {
			return (b == 0) ? a : gcd(b, a % b);
		}

		private double[][] taps(double cutoff) {
			double[][] all = new double[this.phases][2 * this.reach];
			for (int phase = 0; phase < this.phases; phase++) {
				double sum = 0;
				for (int i = 0; i < 2 * this.reach; i++) {
					double distance = i - this.reach + 1 - (double) phase / this.phases;
					double value = sinc(cutoff * distance) * kaiser(distance / this.reach);
					all[phase][i] = value;
					sum += value;
				}
				for (int i = 0; i < 2 * this.reach; i++) {
					all[phase][i] /= sum;
				}
			}
			return all;
		}

		private static double sinc(double x) {
			return (x == 0) ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
		}

		private static double kaiser(double x) {
			return (Math.abs(x) >= 1) ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
		}

		private static double bessel(double x) {
			double sum = 1;
			double term = 1;
			for (int i = 1; i < 40; i++) {
				term *= (x / (2 * i)) * (x / (2 * i));
				sum += term;
			}
			return sum;
		}

		/**
		 * Resample a further piece. The output for the end of a piece is returned with
		 * the next one.
		 * @param piece 16 bit little-endian mono PCM; an incomplete sample is kept for
		 * the next piece
		 * @return the complete samples, possibly empty
		 */
		public byte[] resample(byte[] piece) {
			byte[] whole = this.halves.whole(piece, 2);
			if (this.taps.length == 0) {
				return whole.clone();
			}
			int count = whole.length / 2;
			reserve(count);
			for (int i = 0; i < count; i++) {
				this.window[this.filled++] = sample(whole, i);
			}
			this.received += count;
			return produce(Long.MAX_VALUE);
		}

		/**
		 * End the stream.
		 * @return the remaining samples
		 */
		public byte[] end() {
			if (this.taps.length == 0) {
				return new byte[0];
			}
			reserve(2 * this.reach);
			Arrays.fill(this.window, this.filled, this.filled + 2 * this.reach, 0);
			this.filled += 2 * this.reach;
			long whole = (this.received * this.phases + this.step - 1) / this.step;
			return produce(whole - this.produced);
		}

		private void reserve(int count) {
			if (this.window.length < this.filled + count) {
				this.window = Arrays.copyOf(this.window, Math.max(this.filled + count, this.filled * 2));
			}
		}

		private byte[] produce(long most) {
			long last = (long) (this.filled - this.reach) * this.phases;
			int count = (int) Math.min(most, (this.next < last) ? (last - this.next + this.step - 1) / this.step : 0);
			byte[] result = new byte[2 * count];
			for (int i = 0; i < count; i++) {
				int center = (int) (this.next / this.phases);
				double[] filter = this.taps[(int) (this.next % this.phases)];
				double sum = 0;
				for (int k = 0; k < filter.length; k++) {
					sum += filter[k] * this.window[center - this.reach + 1 + k];
				}
				write(result, i, (int) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sum))));
				this.next += this.step;
			}
			this.produced += count;
			drop((int) (this.next / this.phases) - this.reach);
			return result;
		}

		private void drop(int samples) {
			int gone = Math.min(samples, this.filled);
			if (gone > 0) {
				System.arraycopy(this.window, gone, this.window, 0, this.filled - gone);
				this.filled -= gone;
				this.next -= (long) gone * this.phases;
			}
		}

	}

}
