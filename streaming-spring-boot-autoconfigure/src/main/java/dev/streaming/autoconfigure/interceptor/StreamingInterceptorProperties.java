package dev.streaming.autoconfigure.interceptor;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of the built-in interceptors.
 *
 * @since 1.0.0
 */
@ConfigurationProperties("streaming.interceptors")
public class StreamingInterceptorProperties {

	private final Redaction redaction = new Redaction();

	private final KeywordGuard keywordGuard = new KeywordGuard();

	private final Recorder recorder = new Recorder();

	public Redaction getRedaction() {
		return this.redaction;
	}

	public KeywordGuard getKeywordGuard() {
		return this.keywordGuard;
	}

	public Recorder getRecorder() {
		return this.recorder;
	}

	/**
	 * Configuration properties of the redaction of texts in traces and records.
	 */
	public static class Redaction {

		/**
		 * Whether to replace matches of the patterns in traces and records.
		 */
		private boolean enabled = true;

		/**
		 * Regular expressions that match the parts of texts to replace.
		 */
		private List<String> patterns = new ArrayList<>();

		/**
		 * Replacement of each match.
		 */
		private String replacement = "***";

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public List<String> getPatterns() {
			return this.patterns;
		}

		public void setPatterns(List<String> patterns) {
			this.patterns = patterns;
		}

		public String getReplacement() {
			return this.replacement;
		}

		public void setReplacement(String replacement) {
			this.replacement = replacement;
		}

	}

	/**
	 * Configuration properties of the guard for words.
	 */
	public static class KeywordGuard {

		/**
		 * Whether to interrupt an answer that matches a pattern, and not to send a text
		 * of the user that matches a pattern for user texts.
		 */
		private boolean enabled;

		/**
		 * Regular expressions that match forbidden words of the model.
		 */
		private List<String> patterns = new ArrayList<>();

		/**
		 * Regular expressions that match forbidden texts of the user.
		 */
		private List<String> userPatterns = new ArrayList<>();

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public List<String> getPatterns() {
			return this.patterns;
		}

		public void setPatterns(List<String> patterns) {
			this.patterns = patterns;
		}

		public List<String> getUserPatterns() {
			return this.userPatterns;
		}

		public void setUserPatterns(List<String> userPatterns) {
			this.userPatterns = userPatterns;
		}

	}

	/**
	 * Configuration properties of the recorder of transcripts.
	 */
	public static class Recorder {

		/**
		 * Whether to record conversations, which are confidential.
		 */
		private boolean enabled;

		/**
		 * Directory to write to, unless there is a TranscriptSink bean.
		 */
		private String directory = "transcripts";

		/**
		 * Whether to also record the audio of the model and of the user, as WAV.
		 */
		private boolean audio;

		/**
		 * Size at which the file of transcripts is rotated, and maximum size of the audio
		 * of a session.
		 */
		private DataSize maxFileSize = DataSize.ofMegabytes(10);

		/**
		 * Number of files of transcripts to retain.
		 */
		private int maxFiles = 10;

		/**
		 * Maximum number of files of audio; the oldest are deleted.
		 */
		private int maxAudioFiles = 100;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public String getDirectory() {
			return this.directory;
		}

		public void setDirectory(String directory) {
			this.directory = directory;
		}

		public boolean isAudio() {
			return this.audio;
		}

		public void setAudio(boolean audio) {
			this.audio = audio;
		}

		public DataSize getMaxFileSize() {
			return this.maxFileSize;
		}

		public void setMaxFileSize(DataSize maxFileSize) {
			this.maxFileSize = maxFileSize;
		}

		public int getMaxFiles() {
			return this.maxFiles;
		}

		public void setMaxFiles(int maxFiles) {
			this.maxFiles = maxFiles;
		}

		public int getMaxAudioFiles() {
			return this.maxAudioFiles;
		}

		public void setMaxAudioFiles(int maxAudioFiles) {
			this.maxAudioFiles = maxAudioFiles;
		}

	}

}
