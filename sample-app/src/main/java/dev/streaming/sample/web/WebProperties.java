package dev.streaming.sample.web;

import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of what protects the sample from other sites.
 *
 * @param hosts the host names under which people reach the application, beside
 * {@code localhost} and its IP addresses
 */
@ConfigurationProperties("sample.web")
record WebProperties(@DefaultValue Set<String> hosts) {
}
