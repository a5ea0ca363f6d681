package dev.streaming.gemini;

import java.util.regex.Pattern;

import org.springframework.util.Assert;

/**
 * A project on Vertex AI.
 *
 * @param project the id of the project
 * @param location the location, such as {@code europe-west4}, or {@code global}
 * @since 1.0.0
 */
public record VertexAi(String project, String location) {

	private static final Pattern PROJECT = Pattern.compile("[a-z0-9][a-z0-9.:-]{0,99}");

	private static final Pattern LOCATION = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

	private static final String GLOBAL = "global";

	/**
	 * Create a project.
	 * @param project the id of the project
	 * @param location the location
	 * @throws IllegalArgumentException if a name is invalid
	 */
	public VertexAi {
		Assert.isTrue(PROJECT.matcher(project).matches(),
				"vertex.project must be the id of a project, such as my-project-42");
		Assert.isTrue(LOCATION.matcher(location).matches(),
				"vertex.location must be the name of a location, such as europe-west4");
	}

	/**
	 * Return the URL of the Live API.
	 * @return the URL
	 */
	String url() {
		String host = this.location.equals(GLOBAL) ? "" : this.location + "-";
		return "wss://" + host
				+ "aiplatform.googleapis.com/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent";
	}

	/**
	 * Return the resource name of a model of Google.
	 * @param model the name of the model
	 * @return the resource name
	 */
	String model(String model) {
		return "projects/" + this.project + "/locations/" + this.location + "/publishers/google/models/" + model;
	}

}
