package dev.streaming.memory;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

import dev.streaming.testsupport.RawWebSocketConnection;

/**
 * Actions that a hostile provider repeats without end.
 */
enum HostilePeer {

	/** Each chunk of the answer had the whole text so far. */
	OPENAI_LONG_TEXT_AND_SMALL_DELTAS(Protocol.OPENAI, false) {

		@Override
		void flood(Out out) throws IOException {
			out.text("{'type':'response.created','response':{'id':'r'}}");
			out.text(delta("x".repeat(100_000)));
			while (true) {
				out.text(delta("x"));
			}
		}

		private static String delta(String text) {
			return "{'type':'response.output_text.delta','response_id':'r','item_id':'i','delta':'" + text + "'}";
		}

	},

	OPENAI_RESPONSES(Protocol.OPENAI, true) {

		@Override
		void flood(Out out) throws IOException {
			while (true) {
				out.text("{'type':'response.created','response':{'id':'" + out.id() + "'}}");
			}
		}

	},

	OPENAI_DELTAS_OF_NEW_RESPONSES(Protocol.OPENAI, true) {

		@Override
		void flood(Out out) throws IOException {
			while (true) {
				String id = out.id();
				out.text("{'type':'response.created','response':{'id':'" + id + "'}}");
				out.text("{'type':'response.output_text.delta','response_id':'" + id + "','item_id':'i','delta':'x'}");
			}
		}

	},

	OPENAI_ITEMS_OF_ONE_RESPONSE(Protocol.OPENAI, true) {

		@Override
		void flood(Out out) throws IOException {
			out.text("{'type':'response.created','response':{'id':'r'}}");
			while (true) {
				out.text("{'type':'response.output_text.delta','response_id':'r','item_id':'" + out.id()
						+ "','delta':'x'}");
			}
		}

	},

	OPENAI_ANSWER_WITHOUT_END(Protocol.OPENAI, true) {

		@Override
		void flood(Out out) throws IOException {
			out.text("{'type':'response.created','response':{'id':'r'}}");
			String kilobyte = "x".repeat(1024);
			while (true) {
				out.text("{'type':'response.output_text.delta','response_id':'r','item_id':'i','delta':'" + kilobyte
						+ "'}");
			}
		}

	},

	OPENAI_CALLS(Protocol.OPENAI, true) {

		@Override
		void flood(Out out) throws IOException {
			out.text("{'type':'response.created','response':{'id':'r'}}");
			while (true) {
				out.text("{'type':'response.function_call_arguments.done','response_id':'r','item_id':'" + out.id()
						+ "','call_id':'" + out.id() + "','name':'search','arguments':'{}'}");
			}
		}

	},

	OPENAI_LARGE_ARGUMENTS(Protocol.OPENAI, true) {

		@Override
		void flood(Out out) throws IOException {
			String large = "x".repeat(1024 * 1024);
			while (true) {
				String id = out.id();
				out.text("{'type':'response.created','response':{'id':'" + id + "'}}");
				out.text("{'type':'response.function_call_arguments.done','response_id':'" + id + "','item_id':'i" + id
						+ "','call_id':'c" + id + "','name':'search','arguments':'" + large + "'}");
			}
		}

	},

	OPENAI_LARGE_IDS(Protocol.OPENAI, true) {

		@Override
		void flood(Out out) throws IOException {
			String large = "x".repeat(1024 * 1024);
			while (true) {
				out.text("{'type':'response.created','response':{'id':'" + out.id() + large + "'}}");
			}
		}

	},

	GEMINI_GO_AWAY_AND_FLOOD(Protocol.GEMINI, false) {

		@Override
		void flood(Out out) throws IOException {
			out.text("{'goAway':{'timeLeft':'1s'}}");
			String text = "x".repeat(10_000);
			while (true) {
				out.text("{'serverContent':{'inputTranscription':{'text':'" + text + "'},'turnComplete':true}}");
			}
		}

	},

	GEMINI_TRANSCRIPT_WITHOUT_END(Protocol.GEMINI, true) {

		@Override
		void flood(Out out) throws IOException {
			String text = "x".repeat(10_000);
			while (true) {
				out.text("{'serverContent':{'inputTranscription':{'text':'" + text + "'}}}");
			}
		}

	},

	GEMINI_CALLS(Protocol.GEMINI, true) {

		@Override
		void flood(Out out) throws IOException {
			while (true) {
				out.text("{'toolCall':{'functionCalls':[{'id':'" + out.id() + "','name':'search','args':{}}]}}");
			}
		}

	},

	GEMINI_PARTIAL_ARGUMENTS(Protocol.GEMINI, true) {

		@Override
		void flood(Out out) throws IOException {
			String text = "x".repeat(1000);
			while (true) {
				out.text("{'toolCall':{'functionCalls':[{'id':'one','name':'search','partialArgs':[{'jsonPath':'$."
						+ out.id() + "','stringValue':'" + text + "'}],'willContinue':true}]}}");
			}
		}

	};

	private final Protocol protocol;

	private final boolean consumed;

	HostilePeer(Protocol protocol, boolean consumed) {
		this.protocol = protocol;
		this.consumed = consumed;
	}

	Protocol protocol() {
		return this.protocol;
	}

	/**
	 * Return whether the consumer takes everything.
	 */
	boolean isConsumed() {
		return this.consumed;
	}

	/**
	 * Return whether it comes up to the limit of what is remembered, which is for one
	 * session and not for many.
	 */
	boolean remembersMuch() {
		return this == OPENAI_ANSWER_WITHOUT_END || this == OPENAI_LARGE_ARGUMENTS || this == OPENAI_LARGE_IDS
				|| this == GEMINI_TRANSCRIPT_WITHOUT_END || this == GEMINI_PARTIAL_ARGUMENTS;
	}

	/**
	 * Send until the connection breaks.
	 */
	abstract void flood(Out out) throws IOException;

	/**
	 * Serve one connection.
	 */
	void serve(RawWebSocketConnection connection) throws Exception {
		Out out = this.protocol.setUp(connection);
		try {
			flood(out);
		}
		catch (IOException ex) {
			// The client has had enough, which is what it is about
			connection.socket().close();
		}
	}

	enum Protocol {

		OPENAI, GEMINI;

		/**
		 * Accept a connection and its setup.
		 */
		Out setUp(RawWebSocketConnection connection) throws IOException {
			connection.upgrade();
			Out out = new Out(connection);
			if (this == OPENAI) {
				out.text("{'type':'session.created','session':{'type':'realtime'}}");
				connection.readFrame();
				out.text("{'type':'session.updated','session':{'type':'realtime'}}");
			}
			else {
				connection.readFrame();
				out.text("{'setupComplete':{}}");
			}
			return out;
		}

		/**
		 * Say an ordinary answer of 4,000 words.
		 */
		void answer(Out out) throws IOException {
			if (this == OPENAI) {
				out.text("{'type':'response.created','response':{'id':'resp_1','conversation_id':'conv'}}");
			}
			for (int i = 0; i < 4000; i++) {
				out.text((this == OPENAI) ? "{'type':'response.output_text.delta','event_id':'event_" + i
						+ "','response_id':'resp_1','item_id':'item_1','output_index':0,'content_index':0,"
						+ "'delta':'words '}" : "{'serverContent':{'outputTranscription':{'text':'words '}}}");
			}
		}

	}

	static final class Out {

		private final RawWebSocketConnection connection;

		private final AtomicLong ids = new AtomicLong();

		Out(RawWebSocketConnection connection) {
			this.connection = connection;
		}

		void text(String json) throws IOException {
			this.connection.text(json.replace('\'', '"'));
		}

		String id() {
			return "id" + this.ids.incrementAndGet();
		}

	}

}
