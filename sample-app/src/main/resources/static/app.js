const POLL = 400;

const byId = (id) => document.getElementById(id);
const messages = byId('messages');
const form = byId('form');
const text = byId('text');

const GONE = 'The application does not answer.';
const ENDINGS = {
	LENGTH: 'The answer became too long and was cut.',
	CONTENT_FILTER: 'The provider held the rest of this answer back.',
	CANCELLED: 'The answer was stopped.',
	ERROR: 'The answer ended with an error. Please ask again.'
};

let answer = null;

// --- The conversation: one request for each question, whose response is the answer ---

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

async function ask(question) {
	message('user', question);
	const { box, words } = message('assistant', '');
	answer = new AbortController();
	answering(box, true);
	let problem = GONE;
	try {
		const response = await fetch('chat', {
			method: 'POST',
			body: new URLSearchParams({ text: question }),
			signal: answer.signal
		});
		if (!response.ok) {
			problem = (await response.json()).detail ?? GONE;
		}
		else {
			for await (const { name, data } of events(response)) {
				if (name === 'failure') {
					problem = data.error;
					break;
				}
				if (name === 'lost') {
					problem = 'The connection was lost in the middle of this answer. Ask again: the session comes back by itself.';
					break;
				}
				show(data, box, words);
				if (name === 'finish') {
					problem = '';
				}
			}
		}
	}
	catch {
		// The network failed, or the visitor stopped it
	}
	const stopped = answer.signal.aborted;
	answer = null;
	answering(box, false);
	if (stopped) {
		note(box, 'Stopped.');
	}
	else if (problem) {
		box.classList.add('broken');
		note(box, problem, true);
	}
}

// Server-sent events: lines of name and data, and an empty one at the end of each
async function* events(response) {
	const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
	let name = '';
	let rest = '';
	for (;;) {
		const { done, value } = await reader.read();
		if (done) {
			return;
		}
		const lines = (rest + value).split('\n');
		rest = lines.pop();
		for (const line of lines) {
			if (line.startsWith('event:')) {
				name = line.slice('event:'.length).trim();
			}
			else if (line.startsWith('data:')) {
				yield { name, data: JSON.parse(line.slice('data:'.length)) };
			}
		}
	}
}

function show(chunk, box, words) {
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
	if (ENDINGS[chunk.finishReason] && !chunk.error) {
		note(box, ENDINGS[chunk.finishReason]);
	}
	scroll();
}

byId('stop').onclick = () => answer?.abort();

function answering(box, busy) {
	box.setAttribute('aria-busy', busy);
	byId('send').hidden = busy;
	byId('stop').hidden = !busy;
}

form.addEventListener('submit', (event) => {
	event.preventDefault();
	const question = text.value.trim();
	if (question && !answer) {
		ask(question);
		text.value = '';
	}
});

document.querySelector('[data-say]').addEventListener('click', (event) => {
	text.value = event.target.dataset.say;
	form.requestSubmit();
	text.focus();
});

// --- The session behind this visitor's conversation ---

let last = null;

async function watch() {
	try {
		const { embeddedProvider, session } = await (await fetch('session')).json();
		byId('break').hidden = !embeddedProvider;
		showSession(session ?? { state: 'none' }, 'not open');
	}
	catch {
		showSession({ state: 'none' }, 'the application is not there');
	}
	setTimeout(watch, document.hidden ? POLL * 5 : POLL);
}

function showSession(session, otherwise) {
	const { state, reconnects } = session;
	if (last === null) {
		if (state !== 'none') {
			tell('your conversation goes on');
		}
	}
	else if (reconnects > last.reconnects) {
		tell('it is back');
	}
	else if (state !== last.state) {
		tell({ open: 'the session is open', reconnecting: 'reconnecting' }[state] ?? otherwise);
	}
	const label = (state === 'none') ? otherwise : state;
	if (byId('state').textContent !== label) {
		byId('state').textContent = label;
		byId('state').dataset.state = state;
	}
	byId('age').textContent = time(session.connectionAge);
	byId('reconnects').textContent = reconnects ?? '–';
	last = session;
}

function time(seconds) {
	if (seconds === undefined) {
		return '–';
	}
	return (seconds < 60) ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
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
