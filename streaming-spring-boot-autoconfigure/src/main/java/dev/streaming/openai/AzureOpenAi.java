package dev.streaming.openai;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

import org.springframework.util.Assert;

/**
 * A deployment on Azure OpenAI, by the API that is generally available there.
 *
 * @param resource the name of the resource, the first part of its host
 * @param deployment the name of the deployment
 * @since 1.0.0
 */
public record AzureOpenAi(String resource, String deployment) {

	private static final Pattern RESOURCE = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?");

	/**
	 * Create a deployment.
	 * @param resource the name of the resource
	 * @param deployment the name of the deployment
	 * @throws IllegalArgumentException if a name is empty, or the first is not part of a
	 * host
	 */
	public AzureOpenAi {
		Assert.isTrue(RESOURCE.matcher(resource).matches(),
				"azure.resource must be the name of the resource, the first part of its host, such as my-resource");
		Assert.hasText(deployment, "azure.deployment must not be empty");
	}

	/**
	 * Return the URL of one of the resource's APIs.
	 * @param path the path below {@code /openai/v1}, such as {@code realtime}
	 * @return the URL, without a query
	 */
	URI url(String path) {
		return URI.create("wss://" + this.resource + ".openai.azure.com/openai/v1/" + path);
	}

	/**
	 * Return whether a URL is that of a resource on Azure.
	 * @param url the URL of a connection
	 * @return whether its host is
	 */
	public static boolean isHostOf(URI url) {
		String host = url.getHost();
		return host != null && host.toLowerCase(Locale.ROOT).endsWith(".azure.com");
	}

}
