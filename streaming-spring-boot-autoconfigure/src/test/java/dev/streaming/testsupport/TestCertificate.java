package dev.streaming.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate that signs itself, with its key, for tests with TLS. Made once in a JVM
 * for each host name, which takes a second.
 */
public final class TestCertificate {

	private static final Map<String, TestCertificate> CERTIFICATES = new ConcurrentHashMap<>();

	private static final char[] PASSWORD = "password".toCharArray();

	private final KeyStore keyStore;

	private TestCertificate(KeyStore keyStore) {
		this.keyStore = keyStore;
	}

	/**
	 * Return the certificate for a host.
	 * @param host the name of the host
	 * @return the certificate
	 */
	public static TestCertificate of(String host) {
		return CERTIFICATES.computeIfAbsent(host, TestCertificate::create);
	}

	private static TestCertificate create(String host) {
		try {
			Path directory = Files.createTempDirectory("certificate");
			Path file = directory.resolve("key.p12");
			try {
				generate(host, file);
				KeyStore keyStore = KeyStore.getInstance("PKCS12");
				try (InputStream in = Files.newInputStream(file)) {
					keyStore.load(in, PASSWORD);
				}
				return new TestCertificate(keyStore);
			}
			finally {
				Files.deleteIfExists(file);
				Files.delete(directory);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void generate(String host, Path file) throws IOException {
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "key", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30", "-dname",
				"CN=" + host, "-ext", "SAN=dns:" + host, "-storetype", "PKCS12", "-keystore", file.toString(),
				"-storepass", new String(PASSWORD))
			.redirectErrorStream(true)
			.start();
		String output = new String(keytool.getInputStream().readAllBytes());
		try {
			if (!keytool.waitFor(30, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
				throw new IOException("keytool failed: " + output);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
	}

	/**
	 * Return a context for a server with this certificate.
	 * @return the context
	 */
	public SSLContext serverContext() {
		try {
			KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			keys.init(this.keyStore, PASSWORD);
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keys.getKeyManagers(), null, null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return a context for a client that trusts this certificate and no other.
	 * @return the context
	 */
	public SSLContext clientContext() {
		try {
			KeyStore trusted = KeyStore.getInstance("PKCS12");
			trusted.load(null, null);
			trusted.setCertificateEntry("server", this.keyStore.getCertificate("key"));
			TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			trust.init(trusted);
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, trust.getTrustManagers(), null);
			return context;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
