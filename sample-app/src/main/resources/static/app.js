const POLL = 400;

const byId = (id) => document.getElementById(id);
const messages = byId('messages');
const form = byId('form');
const text = byId('text');

let source = null;

// --- The conversation: one EventSource for each question ---

function message(role, said) {
	byId('hint')?.remove();
	const box = document.createElement('div');
	box.className = `message ${role}`;
	const who = document.createElement('span');
	who.className = 'visually-hidden';
	who.textContent = (role === 'user') ? 'You: ' : 'Assistant: ';
	const words = document.createElement('span');
	words.className = 'said';
	words.textContent = said;
	box.append(who, words);
	messages.append(box);
	scroll();
	return { box, words };
}

function note(box, said, bad) {
	const line = document.createElement('span');
	line.className = bad ? 'note bad' : 'note';
	line.textContent = said;
	box.append(line);
	scroll();
}

function scroll() {
	messages.scrollTop = messages.scrollHeight;
}

function ask(question) {
	message('user', question);
	const { box, words } = message('assistant', '');
	answering(box, true);
	source = new EventSource(`chat?text=${encodeURIComponent(question)}`);

	const end = (said, bad) => {
		source?.close();
		source = null;
		answering(box, false);
		box.classList.toggle('broken', Boolean(bad));
		if (said) {
			note(box, said, bad);
		}
	};
	source.addEventListener('chunk', (event) => {
		const chunk = JSON.parse(event.data);
		if (chunk.reset) {
			const replayed = document.createElement('p');
			replayed.className = 'note between';
			replayed.textContent = `The provider began anew and was told the ${chunk.metadata?.replayed ?? 0} texts so far.`;
			box.before(replayed);
			tell('the conversation was replayed');
		}
		if (chunk.error) {
			note(box, chunk.error, true);
		}
		for (const call of chunk.toolCalls ?? []) {
			note(box, `The assistant calls ${call.name} ${call.arguments}`);
		}
		words.append(chunk.delta ?? '');
		scroll();
	});
	source.addEventListener('finish', (event) => {
		const chunk = JSON.parse(event.data);
		const reason = chunk.finishReason?.toLowerCase() ?? 'stop';
		end((reason === 'stop') ? '' : `The answer ended early: ${reason.replace('_', ' ')}.`);
	});
	source.addEventListener('lost', () => {
		end('The connection was lost in the middle of this answer. Ask again: the session comes back by itself.', true);
	});
	source.addEventListener('failure', (event) => end(JSON.parse(event.data).error, true));
	// Without this the browser would ask the same again
	source.onerror = () => end('The application does not answer.', true);
	byId('stop').onclick = () => end('Stopped.');
}

function answering(box, busy) {
	box.setAttribute('aria-busy', busy);
	byId('send').hidden = busy;
	byId('stop').hidden = !busy;
}

form.addEventListener('submit', (event) => {
	event.preventDefault();
	const question = text.value.trim();
	if (question && !source) {
		ask(question);
		text.value = '';
	}
});

document.querySelector('[data-say]').addEventListener('click', (event) => {
	text.value = event.target.dataset.say;
	form.requestSubmit();
	text.focus();
});

// --- The session: what the actuator knows of it ---

let last = { state: 'none', reconnects: 0 };

async function watch() {
	try {
		const response = await fetch('actuator/streaming');
		show((await response.json()).sessions[0]);
	}
	catch {
		show(undefined, 'the application is not there');
	}
	setTimeout(watch, document.hidden ? POLL * 5 : POLL);
}

function show(session, otherwise = 'not open') {
	const state = session?.state ?? 'none';
	const reconnects = session?.reconnects ?? 0;
	if (session && session.id === last.id && reconnects > last.reconnects) {
		tell('it is back');
	}
	else if (state !== last.state) {
		tell((state === 'open') ? 'the session is open' : (session ? 'reconnecting' : otherwise));
	}
	const label = session ? state : otherwise;
	if (byId('state').textContent !== label) {
		byId('state').textContent = label;
		byId('state').dataset.state = state;
	}
	byId('age').textContent = seconds(session?.connectionAge);
	byId('reconnects').textContent = session ? reconnects : '–';
	byId('traffic').textContent = session ? `${session.received.messages} / ${session.sent.messages}` : '–';
	byId('queue').textContent = session ? `${session.queue.depth} of ${session.queue.capacity}` : '–';
	last = { id: session?.id, state, reconnects };
}

// From ISO 8601 such as PT1H2M3.4S
function seconds(duration) {
	const parts = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(duration ?? '');
	if (!parts) {
		return '–';
	}
	const all = Math.floor(Number(parts[1] ?? 0) * 3600 + Number(parts[2] ?? 0) * 60 + Number(parts[3] ?? 0));
	return (all < 60) ? `${all} s` : `${Math.floor(all / 60)} min ${all % 60} s`;
}

function tell(what) {
	const line = document.createElement('li');
	const when = document.createElement('time');
	when.textContent = new Date().toTimeString().slice(0, 8);
	line.append(when, what);
	byId('events').prepend(line);
}

async function drop(query, said) {
	try {
		const response = await fetch(`provider/drop${query}`, { method: 'POST' });
		tell(said(await response.json()));
	}
	catch {
		tell('the application did not answer');
	}
}

byId('drop').onclick = () => drop('', (done) => done.dropped ? 'you dropped the connection'
	: 'there is no connection to the embedded provider');
byId('drop-next').onclick = () => drop('?next-answer=true', () => 'the next answer will be cut');

watch();
