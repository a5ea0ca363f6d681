package dev.streaming.internal.transport;

import java.net.URI;

/**
 * The server that the contract is tested against: real or in memory.
 */
interface ContractServer extends AutoCloseable {

	URI uri();

	/** Refuse all dials from now on. */
	void refuse(int status);

	/** Leave all dials from now on without an answer. */
	void ignore();

	/** Answer the dials that were ignored. */
	void answerIgnored();

	/** The number of dials that have reached the server. */
	int dials();

	/** Wait for the connection with this number, 1 for the first. */
	ContractPeer peer(int number);

	@Override
	void close();

}
