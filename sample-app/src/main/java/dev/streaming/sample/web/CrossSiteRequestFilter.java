package dev.streaming.sample.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.WebUtils;

/**
 * Filter that refuses requests of pages of other sites:
 * <ul>
 * <li>modifying requests whose {@code Sec-Fetch-Site} or {@code Origin} is that of
 * another site. Clients other than browsers send neither.</li>
 * <li>all requests for an unknown host name. Another site may let its own name resolve to
 * 127.0.0.1, and would then have the same origin (DNS rebinding). An IP address cannot be
 * used for that.</li>
 * </ul>
 * An application with Spring Security has {@code CsrfFilter} for the first.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
@EnableConfigurationProperties(WebProperties.class)
class CrossSiteRequestFilter extends OncePerRequestFilter {

	private static final Logger log = LoggerFactory.getLogger(CrossSiteRequestFilter.class);

	private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

	/** Value for a typed address or a bookmark. */
	private static final String NO_SITE = "none";

	private static final Pattern IP_ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+]");

	private final WebProperties properties;

	CrossSiteRequestFilter(WebProperties properties) {
		this.properties = properties;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (!isOurs(request.getServerName())) {
			log.debug("Refused a request for a host name that is not in sample.web.hosts");
			refuse(response, "This host name is not one of the application's; sample.web.hosts lists them.");
		}
		else if (!SAFE_METHODS.contains(request.getMethod()) && isCrossSite(request)) {
			log.debug("Refused a request that another site has sent");
			refuse(response, "Only this application's own pages may send this.");
		}
		else {
			chain.doFilter(request, response);
		}
	}

	private boolean isOurs(String host) {
		return host.equalsIgnoreCase("localhost") || IP_ADDRESS.matcher(host).matches()
				|| this.properties.hosts().stream().anyMatch(host::equalsIgnoreCase);
	}

	private static boolean isCrossSite(HttpServletRequest request) {
		String site = request.getHeader("Sec-Fetch-Site");
		return (site != null && !site.equals("same-origin") && !site.equals(NO_SITE))
				|| !isSameOrigin(request, request.getHeader(HttpHeaders.ORIGIN));
	}

	private static boolean isSameOrigin(HttpServletRequest request, @Nullable String origin) {
		try {
			return origin == null || WebUtils.isSameOrigin(new ServletServerHttpRequest(request));
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			log.debug("The Origin header is not one", ex);
			return false;
		}
	}

	private static void refuse(HttpServletResponse response, String detail) throws IOException {
		response.setStatus(HttpServletResponse.SC_FORBIDDEN);
		response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
		response.getOutputStream()
			.write("{\"status\":403,\"title\":\"Forbidden\",\"detail\":\"%s\"}".formatted(detail)
				.getBytes(StandardCharsets.UTF_8));
	}

}
