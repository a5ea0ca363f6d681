package dev.streaming.autoconfigure;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLContext;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;

/**
 * Provides one SSL context for each SSL bundle in use, so that TLS sessions can be
 * resumed; a new one after a reload of the bundle. Thread-safe.
 */
class SslContexts {

	private final ObjectProvider<SslBundles> bundles;

	private final Map<String, SSLContext> contexts = new ConcurrentHashMap<>();

	private final Set<String> watched = ConcurrentHashMap.newKeySet();

	SslContexts(ObjectProvider<SslBundles> bundles) {
		this.bundles = bundles;
	}

	/**
	 * Return the context of a bundle.
	 * @param bundle the bundle's name
	 * @return the context
	 * @throws RuntimeException if there is no such bundle, or it cannot be loaded
	 */
	SSLContext get(String bundle) {
		SslBundles available = this.bundles.getIfAvailable();
		if (available == null) {
			throw new IllegalStateException("there is no bean of type SslBundles");
		}
		if (this.watched.add(bundle)) {
			watch(available, bundle);
		}
		return this.contexts.computeIfAbsent(bundle, (name) -> available.getBundle(name).createSslContext());
	}

	private void watch(SslBundles available, String bundle) {
		try {
			available.addBundleUpdateHandler(bundle, (updated) -> this.contexts.remove(bundle));
		}
		catch (RuntimeException ex) {
			this.watched.remove(bundle);
			throw ex;
		}
	}

}
