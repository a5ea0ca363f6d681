package dev.streaming.sample.web;

import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for the protection from other sites.
 *
 * @param hosts the host names of the application, in addition to {@code localhost} and
 * its IP addresses
 */
@ConfigurationProperties("sample.web")
record WebProperties(@DefaultValue Set<String> hosts) {
}
