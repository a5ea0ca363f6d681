package dev.streaming.internal.transport;

import dev.streaming.testsupport.InMemoryTransport;

/**
 * The transport that other tests use keeps the contract too.
 */
class InMemoryTransportTests extends TransportContractTests {

	private final InMemoryTransport inMemory = new InMemoryTransport();

	@Override
	Transport createTransport() {
		return this.inMemory;
	}

	@Override
	ContractServer createServer() {
		return new InMemoryContractServer(this.inMemory);
	}

}
