package dev.streaming.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

/**
 * An authority of our own and the certificates it gave out, made by the running JDK's
 * {@code keytool} for a day, so that nothing in the repository expires.
 */
public final class TestCertificates {

	/** For a server that is called {@code localhost}. */
	public static final String LOCALHOST = "localhost";

	/** For a server that is called something else. */
	public static final String OTHER_HOST = "other-host";

	/** For a server that is called {@code localhost}, but not any more. */
	public static final String EXPIRED = "expired";

	/** The password of every store. */
	public static final String PASSWORD = "changeit";

	private static final String AUTHORITY = "authority";

	private static final String CLIENT = "client";

	private final Path directory;

	private final KeyStore all;

	private TestCertificates(Path directory, KeyStore all) {
		this.directory = directory;
		this.all = all;
	}

	/**
	 * Make the certificates.
	 * @param directory an empty directory
	 * @return the certificates
	 * @throws Exception if keytool fails
	 */
	public static TestCertificates create(Path directory) throws Exception {
		Path store = directory.resolve("all.p12");
		generate(store, AUTHORITY, "-ext", "bc:c");
		generate(store, LOCALHOST, "-signer", AUTHORITY, "-ext", "san=dns:localhost,ip:127.0.0.1");
		generate(store, OTHER_HOST, "-signer", AUTHORITY, "-ext", "san=dns:other-host.test");
		generate(store, EXPIRED, "-signer", AUTHORITY, "-ext", "san=dns:localhost", "-startdate", "-9d");
		generate(store, CLIENT, "-signer", AUTHORITY);
		KeyStore all = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(store)) {
			all.load(in, PASSWORD.toCharArray());
		}
		return new TestCertificates(directory, all);
	}

	private static void generate(Path store, String alias, String... options) throws Exception {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-J-XX:TieredStopAtLevel=1",
				"-genkeypair", "-alias", alias, "-dname", "CN=" + alias, "-keyalg", "EC", "-groupname", "secp256r1",
				"-validity", "2", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD));
		if (!List.of(options).contains("-startdate")) {
			command.addAll(List.of("-startdate", "-1d"));
		}
		command.addAll(List.of(options));
		Path log = store.resolveSibling("keytool.log");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
			process.destroyForcibly();
			throw new IllegalStateException("keytool failed: " + Files.readString(log));
		}
	}

	/**
	 * Return the socket factory of a server that uses one of the certificates.
	 * @param alias which certificate
	 * @return the factory
	 * @throws Exception if the JDK has no TLS
	 */
	public SSLServerSocketFactory server(String alias) throws Exception {
		return context(alias).getServerSocketFactory();
	}

	/**
	 * As {@link #server(String)} for {@link #LOCALHOST}, but clients need a certificate
	 * of our authority.
	 * @return the factory
	 * @throws Exception if the JDK has no TLS
	 */
	public SSLServerSocketFactory serverThatNeedsClientCertificate() throws Exception {
		return new ClientCertificateFactory(server(LOCALHOST));
	}

	/**
	 * Return a client's context that trusts our authority.
	 * @return the context
	 * @throws Exception if the JDK has no TLS
	 */
	public SSLContext trusting() throws Exception {
		return context(null);
	}

	/**
	 * Return a client's context that trusts our authority and has a certificate of it.
	 * @return the context
	 * @throws Exception if the JDK has no TLS
	 */
	public SSLContext trustingWithCertificate() throws Exception {
		return context(CLIENT);
	}

	/**
	 * Write a trust store with our authority.
	 * @return a PKCS12 file with the {@link #PASSWORD}
	 * @throws Exception if it cannot be written
	 */
	public Path trustStore() throws Exception {
		Path file = this.directory.resolve("trust.p12");
		try (var out = Files.newOutputStream(file)) {
			trusted().store(out, PASSWORD.toCharArray());
		}
		return file;
	}

	/**
	 * Return our authority's certificate.
	 * @return PEM
	 * @throws Exception if it cannot be read
	 */
	public String authorityPem() throws Exception {
		return pem("CERTIFICATE", this.all.getCertificate(AUTHORITY).getEncoded());
	}

	/**
	 * Return the client's certificate.
	 * @return PEM
	 * @throws Exception if it cannot be read
	 */
	public String clientCertificatePem() throws Exception {
		return pem("CERTIFICATE", this.all.getCertificate(CLIENT).getEncoded());
	}

	/**
	 * Return the client's key.
	 * @return PEM
	 * @throws Exception if it cannot be read
	 */
	public String clientKeyPem() throws Exception {
		return pem("PRIVATE KEY", this.all.getKey(CLIENT, PASSWORD.toCharArray()).getEncoded());
	}

	private static String pem(String type, byte[] content) {
		return "-----BEGIN " + type + "-----\n"
				+ Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content)
				+ "\n-----END " + type + "-----\n";
	}

	private SSLContext context(@Nullable String alias) throws Exception {
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(trusted());
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		KeyStore store = empty();
		if (alias != null) {
			Certificate[] chain = this.all.getCertificateChain(alias);
			store.setKeyEntry(alias, this.all.getKey(alias, PASSWORD.toCharArray()), PASSWORD.toCharArray(), chain);
		}
		keys.init(store, PASSWORD.toCharArray());
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
		return context;
	}

	private KeyStore trusted() throws GeneralSecurityException, IOException {
		KeyStore store = empty();
		store.setCertificateEntry(AUTHORITY, this.all.getCertificate(AUTHORITY));
		return store;
	}

	private static KeyStore empty() throws GeneralSecurityException, IOException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		return store;
	}

	/**
	 * Demands a certificate of each client.
	 */
	private static final class ClientCertificateFactory extends SSLServerSocketFactory {

		private final SSLServerSocketFactory delegate;

		ClientCertificateFactory(SSLServerSocketFactory delegate) {
			this.delegate = delegate;
		}

		@Override
		public String[] getDefaultCipherSuites() {
			return this.delegate.getDefaultCipherSuites();
		}

		@Override
		public String[] getSupportedCipherSuites() {
			return this.delegate.getSupportedCipherSuites();
		}

		@Override
		public ServerSocket createServerSocket() throws IOException {
			return demanding(this.delegate.createServerSocket());
		}

		@Override
		public ServerSocket createServerSocket(int port) throws IOException {
			return demanding(this.delegate.createServerSocket(port));
		}

		@Override
		public ServerSocket createServerSocket(int port, int backlog) throws IOException {
			return demanding(this.delegate.createServerSocket(port, backlog));
		}

		@Override
		public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
			return demanding(this.delegate.createServerSocket(port, backlog, address));
		}

		private static ServerSocket demanding(ServerSocket socket) {
			((SSLServerSocket) socket).setNeedClientAuth(true);
			return socket;
		}

	}

}
