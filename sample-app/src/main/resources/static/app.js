import { Relay } from './streaming/relay.js';

const byId = (id) => document.getElementById(id);
const messages = byId('messages');
const text = byId('text');

const relay = new Relay();
const boxes = new Map();
let visit;
let outage;
let asked;
let bytes = 0;
let tokens = 0;

// --- Talk ------------------------------------------------------------------------

function box(id, role) {
	if (!boxes.has(id)) {
		byId('hint')?.remove();
		const element = document.createElement('div');
		element.className = `message ${role}`;
		const who = document.createElement('span');
		who.className = 'visually-hidden';
		who.textContent = (role === 'user') ? 'You: ' : 'Model: ';
		const said = document.createElement('span');
		said.className = 'said';
		element.append(who, said);
		messages.append(element);
		boxes.set(id, { element, said });
		messages.scrollTop = messages.scrollHeight;
	}
	return boxes.get(id);
}

// Not each of a thousand words by itself
const unwritten = new Map();

function write(said, words) {
	if (!unwritten.size) {
		setTimeout(() => {
			unwritten.forEach((text, element) => element.textContent = text);
			unwritten.clear();
			messages.scrollTop = messages.scrollHeight;
		}, 30);
	}
	unwritten.set(said, words);
}

function note(id, words, bad) {
	const line = document.createElement('span');
	line.className = bad ? 'note bad' : 'note';
	line.textContent = words;
	box(id, 'assistant').element.append(line);
	messages.scrollTop = messages.scrollHeight;
}

function notice(words) {
	byId('notice').textContent = words;
	byId('notice').hidden = !words;
}

function answering(on) {
	byId('stop').hidden = !on;
	byId('send').hidden = on;
}

relay.on('transcript', (event) => {
	const { element, said } = box(event.turn ?? event.answer, event.speaker);
	write(said, event.final ? event.text : (unwritten.get(said) ?? said.textContent) + event.delta);
	if (event.speaker === 'assistant') {
		element.setAttribute('aria-busy', 'true');
		answering(true);
	}
	else if (event.final) {
		asked ??= performance.now();
	}
});

relay.on('tool', (event) => {
	note(event.answer, `calls ${event.name}`);
	happened('tool', `tool call: ${event.name}`);
});

relay.on('answer.done', (event) => {
	boxes.get(event.answer)?.element.removeAttribute('aria-busy');
	answering(false);
	flooded(event.answer);
	asked = undefined;
	if (event.usage) {
		tokens += event.usage.inputTokens + event.usage.outputTokens;
		byId('tokens').textContent = tokens;
	}
	if (event.reason === 'error') {
		boxes.get(event.answer)?.element.classList.add('broken');
		note(event.answer, 'The connection was lost in the middle of this answer. Ask again: the conversation is still there.', true);
	}
	else if (event.reason === 'cancelled' && boxes.has(event.answer)) {
		note(event.answer, 'interrupted');
	}
	happened('turn', `answer ${event.answer}: ${event.reason}`);
});

async function say(words) {
	await relay.enableSound().catch(() => {});
	asked = performance.now();
	if (!relay.sendText(words)) {
		notice('There is no connection at the moment. Please try again in a second.');
	}
}

byId('form').onsubmit = (event) => {
	event.preventDefault();
	const words = text.value.trim();
	if (words) {
		text.value = '';
		say(words);
	}
	text.focus();
};

document.querySelectorAll('[data-say]').forEach((chip) => chip.onclick = () => {
	say(chip.dataset.say);
	text.focus();
});

byId('stop').onclick = () => {
	relay.interrupt();
	text.focus();
};

addEventListener('keydown', (event) => {
	if (event.key === 'Escape' && !byId('stop').hidden) {
		byId('stop').click();
	}
});

// --- The microphone ---------------------------------------------------------------

const mode = () => document.querySelector('[name=mode]:checked').value;
const microphone = byId('microphone');

async function openMicrophone() {
	notice('');
	try {
		await relay.startMicrophone(mode());
	}
	catch (failure) {
		notice(failure.message);
	}
}

microphone.onclick = () => {
	if (mode() === 'open') {
		(relay.microphone === 'off') ? openMicrophone() : relay.stopMicrophone();
	}
};

async function press() {
	if (mode() === 'push-to-talk') {
		await openMicrophone();
		relay.startTalking();
	}
}

microphone.onpointerdown = press;
microphone.onpointerup = microphone.onpointercancel = microphone.onpointerleave = () => relay.stopTalking();
addEventListener('keydown', (event) => {
	const free = event.target === microphone || !/^(INPUT|BUTTON|A)$/.test(event.target.tagName);
	if (event.code === 'Space' && mode() === 'push-to-talk' && free) {
		event.preventDefault();
		event.repeat || press();
	}
});
addEventListener('keyup', (event) => (event.code === 'Space') && relay.stopTalking());
document.querySelectorAll('[name=mode]').forEach((radio) => radio.onchange = () => relay.stopMicrophone());

relay.on('microphone', ({ state }) => {
	const label = { off: 'Microphone', open: 'Listening', 'push-to-talk': 'Hold to talk', talking: 'Listening' }[state];
	byId('microphone-label').textContent = label;
	microphone.setAttribute('aria-pressed', String(state === 'open' || state === 'talking'));
	byId('level').hidden = state === 'off';
});
relay.on('level', ({ level }) => byId('level').value = level);
relay.on('device.error', ({ message }) => notice(message));

// --- Watch ------------------------------------------------------------------------

function happened(kind, words) {
	const line = document.createElement('li');
	line.dataset.kind = kind;
	const time = document.createElement('time');
	time.textContent = new Date().toLocaleTimeString([], { hour12: false });
	const what = document.createElement('span');
	what.textContent = words;
	line.append(time, what);
	byId('timeline').prepend(line);
	while (byId('timeline').children.length > 100) {
		byId('timeline').lastChild.remove();
	}
}

function state(name, words = name) {
	byId('state').dataset.state = name;
	byId('state').textContent = words;
}

// With a space that does not break
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)}\u00a0s`;

relay.on('state', (event) => {
	if (event.state === 'ready') {
		notice('');
		state('open');
		happened('page', event.resumed ? 'page: back to the same session' : 'session: open');
	}
	else if (event.state === 'reconnecting') {
		state('reconnecting', 'page offline');
		event.delay && happened('page', `page: connection lost, attempt ${event.attempt} in ${seconds(event.delay)}`);
	}
	else if (event.state === 'closed') {
		state('closed');
		answering(false);
		happened('bad', `session: ended (${event.reason || event.code})`);
		notice(event.message);
		restart();
	}
	else {
		state(event.state);
	}
});

function restart() {
	const again = document.createElement('button');
	again.type = 'button';
	again.className = 'chip';
	again.textContent = 'Start again';
	again.onclick = connect;
	byId('notice').append(' ', again);
	byId('notice').hidden = false;
}

relay.on('disconnected', (event) => {
	outage = performance.now();
	state('reconnecting');
	happened('bad', `model: connection lost (${event.code === 1006 ? 'no goodbye' : `close code ${event.code}`})`);
});
relay.on('reconnecting', (event) => {
	state('reconnecting', `reconnecting, attempt ${event.attempt}`);
	happened('busy', `model: attempt ${event.attempt} in ${seconds(event.delay)}`);
});
relay.on('reconnected', (event) => {
	state('open');
	happened('good', `model: back after ${seconds(event.outage)}, attempt ${event.attempt}`
		+ `${event.planned ? ', as planned' : ''}${event.stateRestored ? ', nothing forgotten' : ''}`);
});
relay.on('reset', (event) => happened('good', `model: had forgotten; ${event.replayed} texts told again`));
relay.on('speech.started', () => happened('turn', 'you: speech begins'));
relay.on('speech.stopped', () => {
	asked = performance.now();
	happened('turn', 'you: speech ends');
});
relay.on('interrupted', () => happened('turn', 'model: interrupted'));
relay.on('error', (event) => {
	notice(event.message);
	happened('bad', event.message);
});
relay.on('audio.received', (event) => {
	bytes += event.bytes;
	byId('bytes').textContent = `${Math.round(bytes / 1000)} kB`;
});
relay.on('playback', (event) => {
	if (event.state === 'playing' && asked) {
		const first = performance.now() - asked;
		asked = undefined;
		byId('first-audio').textContent = `${Math.round(first)} ms`;
		happened('turn', `model: first audio after ${Math.round(first)} ms`);
	}
	else if (event.state === 'stopped' && event.answer) {
		byId('barge-in').textContent = `${event.after} ms`;
		happened('turn', `playback: stopped within ${event.after} ms, ${seconds(event.position)} heard`);
	}
});

// The meters as Prometheus scrapes them: one request for all
async function poll() {
	const shown = { heartbeats: ['streaming_heartbeat_seconds_count', `connection="${visit.connection}"`],
		outages: ['streaming_reconnect_seconds_count', `connection="${visit.connection}"`],
		visitors: ['streaming_relays_active', 'state="attached"'] };
	let lines = [];
	try {
		const response = await fetch('actuator/prometheus');
		lines = response.ok ? (await response.text()).split('\n') : [];
	}
	catch {
		// The application is away; the state says so
	}
	for (const [id, [name, tag]] of Object.entries(shown)) {
		byId(id).textContent = lines.filter((line) => line.startsWith(`${name}`) && line.includes(tag))
			.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
	}
}

// The queue of this visitor's own session, often while there is a flood
let flood;

async function pollQueue() {
	try {
		const { waiting, capacity } = await (await fetch('visit/queue')).json();
		byId('queue').textContent = `${waiting} of ${capacity}`;
		if (flood && !flood.full && capacity && waiting >= capacity) {
			flood.full = true;
			happened('busy', `queue: full with ${waiting} chunks, reading stops`);
		}
	}
	catch {
		// The state says that the application is away
	}
}

function flooded(answer) {
	const words = boxes.get(answer)?.said;
	const whole = (unwritten.get(words) ?? words?.textContent ?? '').trim().split(' ');
	if (!flood || whole.length < 1000) {
		return;
	}
	const complete = whole.every((word, i) => word === String(i + 1));
	happened(complete ? 'good' : 'bad', `model: ${whole.length} words in ${seconds(performance.now() - flood.begun)}, `
		+ (complete ? 'all in order' : 'some are missing'));
	clearInterval(flood.timer);
	flood = undefined;
	pollQueue();
}

function watchFlood() {
	clearInterval(flood?.timer);
	flood = { begun: performance.now(), timer: setInterval(pollQueue, 250) };
}

// --- Break it ---------------------------------------------------------------------

async function post(path) {
	const response = await fetch(path, { method: 'POST' });
	if (!response.ok) {
		notice((await response.json()).detail ?? 'That did not work.');
	}
	return response.ok && response.json();
}

document.querySelectorAll('[data-break]').forEach((button) => button.onclick = async () => {
	happened('break', `you: ${button.textContent.toLowerCase()}`);
	if (matchMedia('(max-width: 48rem)').matches) {
		// The timeline is not beside the buttons
		document.querySelector('.watch').scrollIntoView();
	}
	if (button.dataset.break === 'page') {
		relay.socket?.close(4999, 'demo');
		return;
	}
	const done = await post(button.dataset.post ?? `provider/${button.dataset.break}`);
	if (!done || button.dataset.then && !await post(button.dataset.then)) {
		return;
	}
	if (button.dataset.break.startsWith('slow-page')) {
		happened('busy', `page: slow for ${seconds(done.seconds * 1000)}`);
		setTimeout(() => happened('good', 'page: as fast as before'), done.seconds * 1000);
	}
	if (`${button.dataset.break} ${button.dataset.then}`.includes('flood')) {
		watchFlood();
	}
	if (button.dataset.ask) {
		say(button.dataset.ask);
	}
});

// --- Begin ------------------------------------------------------------------------

async function connect() {
	notice('');
	try {
		visit = await (await fetch('visit', { method: 'POST' })).json();
		byId('break').hidden = !visit.embeddedProvider;
		document.querySelectorAll('[data-provider]').forEach((item) => item.hidden = item.dataset.provider !== visit.provider);
		await relay.connect();
	}
	catch {
		// The state says what it is
	}
}

// Browsers play nothing before a click or a key
for (const event of ['pointerdown', 'keydown']) {
	addEventListener(event, () => relay.enableSound().catch((failure) => notice(failure.message)), { once: true });
}

await connect();
poll();
pollQueue();
setInterval(() => document.hidden || (poll(), pollQueue()), 2000);
text.focus();

// For tests, and for the curious in the console
window.relay = relay;
