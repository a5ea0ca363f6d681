package dev.streaming.internal.transport;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import dev.streaming.TransportType;

import org.springframework.util.function.SingletonSupplier;

/**
 * {@link Transport} that delegates to the one that the request selects. Each one is
 * created on first use.
 */
public final class SelectingTransport implements Transport {

	private final Map<TransportType, Supplier<? extends Transport>> transports = new EnumMap<>(TransportType.class);

	/**
	 * Create a transport.
	 * @param transports the available transports
	 */
	public SelectingTransport(Map<TransportType, ? extends Supplier<? extends Transport>> transports) {
		transports.forEach((type, supplier) -> this.transports.put(type, SingletonSupplier.of(supplier::get)));
	}

	@Override
	public Dialing dial(DialRequest request, TransportListener listener) {
		Supplier<? extends Transport> transport = this.transports.get(request.transport());
		if (transport == null) {
			listener.failed(new DialException(DialException.Kind.MALFORMED, "There is no transport '"
					+ request.transport().name().toLowerCase(Locale.ROOT) + "': its client is not on the class path",
					null));
			return () -> {
			};
		}
		return transport.get().dial(request, listener);
	}

}
