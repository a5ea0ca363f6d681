package dev.streaming.test;

import java.util.concurrent.Executor;

/**
 * Peer of a connection: the side of a provider. All its activity is confined to its lane.
 */
interface Peer {

	/**
	 * Return the executor, which runs one task at a time.
	 * @return the executor
	 */
	Executor lane();

	/**
	 * Called for a dial of a client, which may be answered asynchronously.
	 * @param dial the dial
	 */
	void dialled(MemoryDial dial);

}
