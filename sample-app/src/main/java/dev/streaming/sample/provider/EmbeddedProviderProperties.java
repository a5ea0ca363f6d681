package dev.streaming.sample.provider;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the embedded provider.
 *
 * @param enabled whether it is enabled
 * @param wordDelay the pause before each word of an answer
 */
@ConfigurationProperties("sample.provider")
record EmbeddedProviderProperties(@DefaultValue("true") boolean enabled, @DefaultValue("80ms") Duration wordDelay) {
}
