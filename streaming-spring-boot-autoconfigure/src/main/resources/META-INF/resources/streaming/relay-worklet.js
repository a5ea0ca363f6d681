// The audio thread's part of relay.js: nothing in it waits or allocates more than it must.

/** Hands the microphone over in pieces of about 20 ms. */
class RelayCapture extends AudioWorkletProcessor {

	constructor() {
		super();
		this.size = Math.round(sampleRate / 50);
		this.piece = new Float32Array(this.size);
		this.filled = 0;
	}

	process(inputs) {
		const channel = inputs[0] && inputs[0][0];
		if (channel) {
			for (let i = 0; i < channel.length; i++) {
				this.piece[this.filled++] = channel[i];
				if (this.filled === this.size) {
					const full = this.piece;
					this.piece = new Float32Array(this.size);
					this.filled = 0;
					this.port.postMessage(full, [full.buffer]);
				}
			}
		}
		return true;
	}

}

/**
 * Plays pieces without gaps. It begins when it has enough for the jitter of the network, and
 * says how much of which answer was heard.
 */
class RelayPlayback extends AudioWorkletProcessor {

	constructor(options) {
		super();
		this.cushion = Math.round(sampleRate * ((options.processorOptions || {}).cushion || 0.08));
		this.queue = [];
		this.waiting = 0;
		this.offset = 0;
		this.state = "idle";
		this.reported = 0;
		this.played = 0;
		this.gaps = 0;
		this.port.onmessage = (event) => this.on(event.data);
	}

	on(message) {
		switch (message.type) {
			case "piece":
				this.queue.push(message);
				this.waiting += message.samples.length;
				if (this.state === "idle") {
					this.state = "filling";
				}
				break;
			case "flush":
				// What comes now is short of the cushion, and all there is
				if (this.state === "filling") {
					this.state = "playing";
				}
				break;
			case "pause":
				this.before = this.state;
				this.state = "paused";
				this.tell("paused", message.id);
				break;
			case "resume":
				if (this.state === "paused") {
					this.state = this.waiting ? "playing" : "idle";
				}
				break;
			case "stop": {
				const current = this.queue[0];
				const position = current ? current.position + this.offset / sampleRate * 1000 : this.last;
				const answer = current ? current.answer : this.lastAnswer;
				this.queue = [];
				this.waiting = 0;
				this.offset = 0;
				this.state = "idle";
				this.port.postMessage({ type: "stopped", id: message.id, answer, position: Math.round(position || 0),
					time: currentTime });
				break;
			}
		}
	}

	tell(type, id) {
		this.port.postMessage({ type, id, time: currentTime });
	}

	process(inputs, outputs) {
		const out = outputs[0][0];
		if (this.state === "filling" && this.waiting >= this.cushion) {
			this.state = "playing";
		}
		if (this.state !== "playing") {
			return true;
		}
		let written = 0;
		while (written < out.length && this.queue.length) {
			const piece = this.queue[0];
			const count = Math.min(out.length - written, piece.samples.length - this.offset);
			out.set(piece.samples.subarray(this.offset, this.offset + count), written);
			written += count;
			this.offset += count;
			this.waiting -= count;
			this.last = piece.position + this.offset / sampleRate * 1000;
			this.lastAnswer = piece.answer;
			if (this.offset === piece.samples.length) {
				this.queue.shift();
				this.offset = 0;
			}
		}
		if (written) {
			this.played += written;
			if (this.played - this.reported > sampleRate / 10 || this.reported === 0) {
				this.reported = this.played;
				this.port.postMessage({ type: "playing", answer: this.lastAnswer, position: Math.round(this.last),
					time: currentTime });
			}
		}
		if (!this.queue.length) {
			this.state = "idle";
			this.port.postMessage({ type: "drained", answer: this.lastAnswer, position: Math.round(this.last),
				time: currentTime });
		}
		return true;
	}

}

registerProcessor("streaming-relay-capture", RelayCapture);
registerProcessor("streaming-relay-playback", RelayPlayback);
