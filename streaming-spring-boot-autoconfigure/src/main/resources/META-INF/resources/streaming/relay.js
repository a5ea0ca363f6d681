/**
 * Talks to the relay of streaming-spring-boot-starter: microphone, playback, barge-in,
 * transcripts, events, reconnect. An ES module without dependencies; the protocol is described
 * in docs/reference/relay-protocol.md, the types in relay.d.ts.
 *
 *   const relay = new Relay();
 *   relay.on("transcript", (event) => …);
 *   await relay.connect();
 *   button.onclick = () => relay.startMicrophone();
 */

const VERSION = 1;

/** Close codes after which the same page does not try again. */
const FINAL_CODES = new Set([1000, 1008, 1009, 4001, 4002, 4003, 4004, 4005]);

const WORDS = {
	1008: "The server did not understand this page. Please reload it.",
	1009: "The server did not understand this page. Please reload it.",
	4001: "The conversation goes on in another tab.",
	4002: "There are too many conversations open. Please close another one first, or try again later.",
	4003: "The model cannot be reached at the moment. Please try again later.",
	4004: "The conversation was lost. Please start a new one.",
	4005: "The conversation ended, as nobody said anything for a long time.",
};

const DEVICE_WORDS = {
	NotAllowedError: "The microphone is blocked. Allow it for this page in the browser's address bar.",
	NotFoundError: "There is no microphone. Connect one and try again.",
	NotReadableError: "The microphone is in use by another program.",
	OverconstrainedError: "The chosen microphone is not there any more.",
	SecurityError: "Browsers give the microphone to pages on https or localhost only.",
	AbortError: "The microphone could not be started. Please try again.",
	Unsupported: "This browser cannot record or play sound here. Browsers do so on https or localhost only.",
};

/** A device failed; the message is one that a page can show. */
export class DeviceError extends Error {

	constructor(name, cause) {
		super(DEVICE_WORDS[name] || DEVICE_WORDS.AbortError, { cause });
		this.name = name;
	}

}

const gcd = (a, b) => (b ? gcd(b, a % b) : a);

/** Resamples one stream of mono samples with a windowed sinc filter. */
export class Resampler {

	constructor(from, to) {
		const divisor = gcd(from, to);
		this.from = from;
		this.to = to;
		// From a sample of the input to the next one of the output are step / phases
		this.phases = to / divisor;
		this.step = from / divisor;
		const band = Math.min(1, to / from);
		this.reach = Math.ceil(16 / band);
		this.taps = from === to ? [] : Array.from({ length: this.phases }, (none, phase) => this.filter(phase, band * 0.92));
		this.window = new Float32Array(this.reach);
		this.next = this.reach * this.phases;
	}

	filter(phase, band) {
		const taps = new Float32Array(2 * this.reach);
		for (let i = 0; i < taps.length; i++) {
			const distance = i - this.reach + 1 - phase / this.phases;
			const x = distance * band * Math.PI;
			const hann = Math.abs(distance) < this.reach ? 0.5 + 0.5 * Math.cos(Math.PI * distance / this.reach) : 0;
			taps[i] = (x === 0 ? 1 : Math.sin(x) / x) * hann * band;
		}
		return taps;
	}

	/** Resample a piece; what its end leads to comes with the next one. */
	resample(piece) {
		if (this.from === this.to) {
			return piece;
		}
		const all = new Float32Array(this.window.length + piece.length);
		all.set(this.window);
		all.set(piece, this.window.length);
		const last = (all.length - this.reach) * this.phases;
		const count = this.next < last ? Math.ceil((last - this.next) / this.step) : 0;
		const result = new Float32Array(count);
		for (let i = 0; i < count; i++) {
			const taps = this.taps[this.next % this.phases];
			const first = Math.floor(this.next / this.phases) - this.reach + 1;
			let sum = 0;
			for (let k = 0; k < taps.length; k++) {
				sum += taps[k] * all[first + k];
			}
			result[i] = sum;
			this.next += this.step;
		}
		const gone = Math.min(all.length, Math.floor(this.next / this.phases) - this.reach);
		this.window = all.slice(gone);
		this.next -= gone * this.phases;
		return result;
	}

}

/** Float samples as 16 bit little-endian PCM. */
export function toPcm16(samples) {
	const view = new DataView(new ArrayBuffer(samples.length * 2));
	for (let i = 0; i < samples.length; i++) {
		const value = Math.max(-1, Math.min(1, samples[i]));
		view.setInt16(i * 2, value < 0 ? value * 0x8000 : value * 0x7fff, true);
	}
	return view.buffer;
}

/** 16 bit little-endian PCM as float samples. */
export function fromPcm16(buffer) {
	const view = new DataView(buffer);
	const samples = new Float32Array(Math.floor(view.byteLength / 2));
	for (let i = 0; i < samples.length; i++) {
		samples[i] = view.getInt16(i * 2, true) / 0x8000;
	}
	return samples;
}

/** Finds the beginning of speech by its energy over the noise of the room. */
class SpeechDetector {

	constructor() {
		this.noise = 0.005;
		this.loud = 0;
	}

	/** Return whether somebody began to speak; pieces are about 20 ms. */
	hears(piece) {
		let sum = 0;
		for (let i = 0; i < piece.length; i++) {
			sum += piece[i] * piece[i];
		}
		this.level = Math.sqrt(sum / piece.length);
		const threshold = Math.max(0.02, this.noise * 4);
		if (this.level < threshold) {
			this.noise += (this.level - this.noise) * 0.05;
			this.loud = 0;
			return false;
		}
		this.loud++;
		return this.loud === 2;
	}

}

export class Relay {

	constructor(options = {}) {
		this.options = {
			url: "/streaming/relay",
			workletUrl: new URL("relay-worklet.js", import.meta.url).href,
			storageKey: "streaming-relay-token",
			reconnect: true,
			bargeIn: true,
			maxDelay: 5000,
			confirmWithin: 700,
			...options,
		};
		this.listeners = new Map();
		this.state = "idle";
		this.microphone = "off";
		this.received = 0;
		this.attempt = 0;
		this.ids = 0;
		this.pieces = 0;
	}

	/** Listen to events of a type, or to all with "*". Returns what ends that. */
	on(type, listener) {
		if (!this.listeners.has(type)) {
			this.listeners.set(type, new Set());
		}
		this.listeners.get(type).add(listener);
		return () => this.listeners.get(type).delete(listener);
	}

	emit(event) {
		for (const type of [event.type, "*"]) {
			for (const listener of this.listeners.get(type) || []) {
				listener(event);
			}
		}
	}

	move(state, detail = {}) {
		this.state = state;
		this.emit({ type: "state", state, ...detail });
	}

	/** Connect; resolves when the session is there. */
	connect() {
		if (this.connecting && this.state !== "closed") {
			return this.connecting;
		}
		this.connecting = new Promise((resolve, reject) => {
			this.resolve = resolve;
			this.reject = reject;
		});
		this.attempt = 0;
		this.dial();
		return this.connecting;
	}

	dial() {
		this.move(this.attempt ? "reconnecting" : "connecting", { attempt: this.attempt });
		const url = new URL(this.options.url, document.baseURI);
		url.protocol = url.protocol.replace("http", "ws");
		const socket = new WebSocket(url);
		socket.binaryType = "arraybuffer";
		this.socket = socket;
		socket.onopen = () => {
			this.send({ type: "hello", version: VERSION, token: this.token() || undefined,
				received: this.received || undefined });
		};
		socket.onmessage = (message) => {
			if (this.socket === socket) {
				typeof message.data === "string" ? this.event(JSON.parse(message.data)) : this.audio(message.data);
			}
		};
		socket.onclose = (close) => {
			if (this.socket === socket) {
				this.lost(close);
			}
		};
	}

	lost(close) {
		this.socket = null;
		this.ready = null;
		const final = FINAL_CODES.has(close.code) || !this.options.reconnect || this.state === "closed";
		if (!final) {
			const delay = Math.min(this.options.maxDelay, 250 * 2 ** this.attempt) * (0.75 + Math.random() / 2);
			this.attempt++;
			if (this.attempt <= 10) {
				this.move("reconnecting", { attempt: this.attempt, delay: Math.round(delay) });
				this.timer = setTimeout(() => this.dial(), delay);
				return;
			}
		}
		this.silence();
		if (close.code !== 4001) {
			sessionStorage.removeItem(this.options.storageKey);
		}
		const message = this.lastWords || WORDS[close.code]
			|| (final ? "" : "The server cannot be reached. Please reload the page, and log in again if it asks.");
		this.move("closed", { code: close.code, reason: close.reason, message });
		this.reject(new Error(message || "closed"));
		// Whoever waits for nothing has no unhandled rejection
		this.connecting.catch(() => {});
	}

	token() {
		return sessionStorage.getItem(this.options.storageKey);
	}

	/** End the conversation. */
	close() {
		this.stopMicrophone();
		this.silence();
		clearTimeout(this.timer);
		sessionStorage.removeItem(this.options.storageKey);
		if (this.socket && this.socket.readyState === WebSocket.OPEN) {
			this.send({ type: "bye" });
		}
		else {
			this.move("closed", { code: 1000, reason: "ended", message: "" });
		}
	}

	send(message) {
		if (this.socket && this.socket.readyState === WebSocket.OPEN) {
			this.socket.send(JSON.stringify(message));
			return true;
		}
		return false;
	}

	/** Say something in writing. Returns whether it was sent. */
	sendText(text) {
		this.interrupt();
		return this.send({ type: "text", text });
	}

	event(event) {
		if (event.n) {
			this.received = event.n;
		}
		switch (event.type) {
			case "ready":
				this.ready = event;
				this.lastWords = "";
				this.attempt = 0;
				sessionStorage.setItem(this.options.storageKey, event.token);
				if (!event.resumed) {
					this.received = 0;
				}
				this.move("ready", { resumed: event.resumed });
				this.resolve(event);
				break;
			case "audio":
				this.incoming = { answer: event.answer, position: event.position, rate: event.sampleRate };
				this.playbackResampler = null;
				break;
			case "speech.started":
				this.confirmed = true;
				this.bargeIn();
				break;
			case "interrupted":
				this.bargeIn();
				break;
			case "answer.done":
				this.post({ type: "flush" });
				break;
			case "closed":
				this.lastWords = event.message;
				break;
		}
		this.emit(event);
	}

	// ------------------------------------------------------------------ playback

	async audioContext() {
		if (!window.AudioWorkletNode || !window.isSecureContext) {
			throw new DeviceError("Unsupported");
		}
		if (!this.context) {
			this.context = new AudioContext({ latencyHint: "interactive" });
			this.loading = this.context.audioWorklet.addModule(this.options.workletUrl);
		}
		await this.loading;
		if (this.context.state === "suspended") {
			await this.context.resume();
		}
		return this.context;
	}

	/** Make sound possible: to be called from a click or a key, as browsers want it. */
	async enableSound() {
		const context = await this.audioContext();
		if (!this.player) {
			this.player = new AudioWorkletNode(context, "streaming-relay-playback",
				{ numberOfInputs: 0, outputChannelCount: [1], processorOptions: { cushion: this.options.cushion } });
			this.player.connect(context.destination);
			this.player.port.onmessage = (event) => this.played(event.data);
		}
	}

	audio(buffer) {
		const incoming = this.incoming;
		if (!incoming || incoming.stopped === incoming.answer) {
			return;
		}
		const samples = fromPcm16(buffer);
		const position = incoming.position;
		incoming.position += samples.length / incoming.rate * 1000;
		this.emit({ type: "audio.received", answer: incoming.answer, bytes: buffer.byteLength });
		if (!this.context || !this.player) {
			return;
		}
		if (!this.playbackResampler) {
			this.playbackResampler = new Resampler(incoming.rate, this.context.sampleRate);
		}
		const resampled = this.playbackResampler.resample(samples);
		this.playing = this.playing || { answer: incoming.answer };
		this.playing.answer = incoming.answer;
		this.post({ type: "piece", answer: incoming.answer, position, samples: resampled }, [resampled.buffer]);
	}

	post(message, transfer) {
		if (this.player) {
			this.player.port.postMessage(message, transfer || []);
		}
	}

	played(message) {
		if (message.type === "playing") {
			this.emit({ type: "playback", state: "playing", answer: message.answer, position: message.position });
		}
		else if (message.type === "drained") {
			if (this.playing && this.playing.answer === message.answer) {
				this.playing = null;
			}
			this.emit({ type: "playback", state: "idle", answer: message.answer, position: message.position });
		}
		else if (message.type === "stopped" && message.id === this.stopId) {
			this.emit({ type: "playback", state: "stopped", answer: message.answer, position: message.position,
				after: Math.round(performance.now() - this.stopAsked.wall),
				overrun: Math.max(0, Math.round((message.time - this.stopAsked.audio) * 1000)) });
			if (message.answer) {
				this.send({ type: "heard", answer: message.answer, position: message.position });
			}
		}
	}

	/** Stop playback at once; the provider is told how much was heard. */
	bargeIn() {
		clearTimeout(this.confirmation);
		if (!this.playing) {
			return;
		}
		if (this.incoming) {
			this.incoming.stopped = this.incoming.answer;
		}
		this.playing = null;
		this.stopId = ++this.ids;
		this.stopAsked = { wall: performance.now(), audio: this.context ? this.context.currentTime : 0 };
		this.post({ type: "stop", id: this.stopId });
	}

	/** Interrupt the model, as with a button. */
	interrupt() {
		// At once, so that it means this answer and not the one to what is said next
		this.send({ type: "cancel" });
		this.bargeIn();
	}

	silence() {
		this.playing = null;
		this.stopId = ++this.ids;
		this.stopAsked = { wall: performance.now(), audio: this.context ? this.context.currentTime : 0 };
		this.post({ type: "stop", id: this.stopId });
	}

	// The user may be speaking: be silent at once, and go on if the provider hears nobody
	suspect() {
		if (!this.options.bargeIn || !this.playing) {
			return;
		}
		if (this.ready && this.ready.turnDetection === "client") {
			this.interrupt();
			return;
		}
		this.confirmed = false;
		this.post({ type: "pause", id: ++this.ids });
		this.emit({ type: "playback", state: "paused", answer: this.playing.answer });
		clearTimeout(this.confirmation);
		this.confirmation = setTimeout(() => {
			if (!this.confirmed) {
				this.post({ type: "resume" });
			}
		}, this.options.confirmWithin);
	}

	// ---------------------------------------------------------------- microphone

	/**
	 * Open the microphone: "open" sends all it hears, "push-to-talk" only between
	 * startTalking() and stopTalking().
	 */
	async startMicrophone(mode = "open", constraints = {}) {
		if (this.stream) {
			this.microphone = mode;
			this.emit({ type: "microphone", state: mode });
			return;
		}
		await this.enableSound();
		let stream;
		try {
			if (!navigator.mediaDevices) {
				throw new DeviceError("Unsupported");
			}
			stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true,
				noiseSuppression: true, autoGainControl: true, channelCount: 1, ...constraints } });
		}
		catch (error) {
			throw error instanceof DeviceError ? error : new DeviceError(error.name, error);
		}
		this.stream = stream;
		this.source = this.context.createMediaStreamSource(stream);
		this.capture = new AudioWorkletNode(this.context, "streaming-relay-capture", { numberOfOutputs: 0 });
		this.source.connect(this.capture);
		this.detector = new SpeechDetector();
		this.capture.port.onmessage = (event) => this.heard(event.data);
		stream.getAudioTracks()[0].onended = () => {
			this.stopMicrophone();
			this.emit({ type: "device.error", name: "NotFoundError", message: DEVICE_WORDS.NotFoundError });
		};
		this.microphone = mode;
		this.emit({ type: "microphone", state: mode });
	}

	stopMicrophone() {
		if (!this.stream) {
			return;
		}
		this.stream.getTracks().forEach((track) => track.stop());
		this.source.disconnect();
		this.capture.port.onmessage = null;
		this.stream = null;
		this.captureResampler = null;
		this.microphone = "off";
		this.talking = false;
		this.tail();
		this.emit({ type: "microphone", state: "off" });
	}

	/** Push-to-talk: the key is down. */
	startTalking() {
		if (this.microphone === "push-to-talk") {
			this.interrupt();
			clearInterval(this.tailTimer);
			this.talking = true;
			this.emit({ type: "microphone", state: "talking" });
		}
	}

	/** Push-to-talk: the key is up, the turn is at its end. */
	stopTalking() {
		if (this.talking) {
			this.talking = false;
			this.emit({ type: "microphone", state: "push-to-talk" });
			this.tail();
		}
	}

	// A provider finds the end of the turn by the silence behind it
	tail() {
		if (!this.ready) {
			return;
		}
		if (this.ready.turnDetection === "client") {
			this.send({ type: "commit" });
			return;
		}
		const silence = new Float32Array(Math.round(this.ready.input.sampleRate / 25));
		let left = 30;
		clearInterval(this.tailTimer);
		this.tailTimer = setInterval(() => {
			if (this.talking || --left < 0 || !this.sendAudio(silence)) {
				clearInterval(this.tailTimer);
			}
		}, 40);
	}

	heard(piece) {
		const began = this.detector.hears(piece);
		if (++this.pieces % 5 === 0) {
			this.emit({ type: "level", level: this.detector.level });
		}
		if (this.microphone === "push-to-talk" && !this.talking) {
			return;
		}
		if (began) {
			this.suspect();
		}
		if (!this.ready) {
			return;
		}
		if (!this.captureResampler || this.captureResampler.to !== this.ready.input.sampleRate) {
			this.captureResampler = new Resampler(this.context.sampleRate, this.ready.input.sampleRate);
		}
		this.sendAudio(this.captureResampler.resample(piece));
	}

	sendAudio(samples) {
		// A network that does not take it: what waits would be stale
		if (!this.socket || this.socket.readyState !== WebSocket.OPEN || this.socket.bufferedAmount > 64 * 1024) {
			return false;
		}
		if (samples.length) {
			this.socket.send(toPcm16(samples));
		}
		return true;
	}

}
