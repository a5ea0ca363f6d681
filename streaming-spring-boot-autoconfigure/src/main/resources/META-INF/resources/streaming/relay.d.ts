/** Events of the relay; see docs/reference/relay-protocol.md. */
export type RelayEvent =
	| { type: "opening" }
	| { type: "ready"; version: number; token: string; resumed: boolean; missed: boolean;
		state: "open" | "reconnecting" | "closed"; turnDetection: "provider" | "client"; reattachFor: number;
		input: { sampleRate: number }; output: { sampleRate: number } }
	| { type: "speech.started" }
	| { type: "speech.stopped" }
	| { type: "interrupted"; answer: string }
	| { type: "audio"; answer: string; position: number; sampleRate: number }
	| { type: "transcript"; speaker: "user"; turn: string; final: false; delta: string; n: number }
	| { type: "transcript"; speaker: "user"; turn: string; final: true; text: string; n: number }
	| { type: "transcript"; speaker: "assistant"; answer: string; delta: string; n: number }
	| { type: "tool"; answer: string; call: string; name: string; n: number }
	| { type: "answer.done"; answer: string; reason: string;
		usage?: { inputTokens: number; outputTokens: number }; n: number }
	| { type: "disconnected"; code: number }
	| { type: "reconnecting"; attempt: number; delay: number }
	| { type: "reconnected"; attempt: number; outage: number; planned: boolean; stateRestored: boolean }
	| { type: "reset"; replayed: number; n: number }
	| { type: "error"; code: string; message: string; n: number }
	| { type: "closed"; reason: string; message: string };

/** Events of the page's own end. */
export type LocalEvent =
	| { type: "state"; state: RelayState; attempt?: number; delay?: number; resumed?: boolean; code?: number;
		reason?: string; message?: string }
	| { type: "microphone"; state: "off" | "open" | "push-to-talk" | "talking" }
	| { type: "level"; level: number }
	| { type: "playback"; state: "playing" | "paused" | "stopped" | "idle"; answer: string; position?: number;
		/** Of "stopped", in milliseconds: from the request until the page knew, and what was played meanwhile. */
		after?: number; overrun?: number }
	| { type: "audio.received"; answer: string; bytes: number }
	| { type: "device.error"; name: string; message: string };

export type RelayState = "idle" | "connecting" | "reconnecting" | "ready" | "closed";

export interface RelayOptions {
	/** The endpoint; "/streaming/relay" by default. */
	url?: string;
	workletUrl?: string;
	/** The key in sessionStorage that the token is kept under. */
	storageKey?: string;
	/** Whether to come back after a lost connection; true by default. */
	reconnect?: boolean;
	/** Whether speech into the microphone stops playback before the provider has heard it; true by default. */
	bargeIn?: boolean;
	/** Longest delay between two attempts, in milliseconds. */
	maxDelay?: number;
	/** Playback goes on if the provider has heard nobody within this time, in milliseconds. */
	confirmWithin?: number;
	/** What is kept for the jitter of the network, in seconds; 0.08 by default. */
	cushion?: number;
}

export class Relay {
	constructor(options?: RelayOptions);
	readonly state: RelayState;
	readonly microphone: "off" | "open" | "push-to-talk";
	on<T extends (RelayEvent | LocalEvent)["type"]>(type: T,
		listener: (event: Extract<RelayEvent | LocalEvent, { type: T }>) => void): () => void;
	on(type: "*", listener: (event: RelayEvent | LocalEvent) => void): () => void;
	connect(): Promise<Extract<RelayEvent, { type: "ready" }>>;
	close(): void;
	sendText(text: string): boolean;
	/** Interrupt the model. */
	interrupt(): void;
	/** Call it from a click or a key: browsers play no sound before. Rejects with a DeviceError. */
	enableSound(): Promise<void>;
	/** Rejects with a DeviceError. */
	startMicrophone(mode?: "open" | "push-to-talk", constraints?: MediaTrackConstraints): Promise<void>;
	stopMicrophone(): void;
	startTalking(): void;
	stopTalking(): void;
}

/** A device failed; the message is one that a page can show. */
export class DeviceError extends Error {
}

export class Resampler {
	constructor(from: number, to: number);
	resample(piece: Float32Array): Float32Array;
}

export function toPcm16(samples: Float32Array): ArrayBuffer;
export function fromPcm16(buffer: ArrayBuffer): Float32Array;
