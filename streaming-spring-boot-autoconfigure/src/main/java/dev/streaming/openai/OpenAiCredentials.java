package dev.streaming.openai;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * Credentials for OpenAI or a resource on Azure, which expect the key in different
 * headers.
 *
 * @param apiKey the key, or {@code null} if the application provides it otherwise
 * @param organization the id of the organization, or {@code null}
 * @param project the id of the project, or {@code null}
 * @param azure whether the key is that of a resource on Azure
 */
record OpenAiCredentials(@Nullable String apiKey, @Nullable String organization, @Nullable String project,
		boolean azure) {

	static final String AUTHORIZATION = "Authorization";

	static final String AZURE_API_KEY = "api-key";

	/**
	 * Return the headers of a handshake. They contain the key.
	 * @return names and values
	 */
	Map<String, String> headers() {
		Map<String, String> headers = new LinkedHashMap<>();
		if (StringUtils.hasText(this.apiKey)) {
			headers.put(keyHeader(this.azure), keyValue(this.azure, this.apiKey.strip()));
		}
		if (StringUtils.hasText(this.organization)) {
			headers.put("OpenAI-Organization", this.organization);
		}
		if (StringUtils.hasText(this.project)) {
			headers.put("OpenAI-Project", this.project);
		}
		return headers;
	}

	/**
	 * Return the name of the header with the key.
	 * @param azure whether the key is that of a resource on Azure
	 * @return the name
	 */
	static String keyHeader(boolean azure) {
		return azure ? AZURE_API_KEY : AUTHORIZATION;
	}

	/**
	 * Return the value of the header with the key.
	 * @param azure whether the key is that of a resource on Azure
	 * @param apiKey the key
	 * @return the value
	 */
	static String keyValue(boolean azure, String apiKey) {
		return azure ? apiKey : "Bearer " + apiKey;
	}

	/**
	 * Return the credentials without the key.
	 */
	@Override
	public String toString() {
		return "OpenAiCredentials[azure=" + this.azure + "]";
	}

}
