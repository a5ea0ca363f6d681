package dev.streaming.realtime;

import java.util.Map;
import java.util.function.Consumer;

import dev.streaming.MediaData;
import dev.streaming.SessionContext;
import dev.streaming.ToolCall;
import dev.streaming.ToolOutcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Calls the tools of one session on the calling threads, and converts the outcome of a
 * call to a text for the model. Thread-safe.
 */
final class ToolInvoker {

	// Named after the public class
	private static final Logger logger = LoggerFactory.getLogger(ToolRunner.class);

	// Id of the session for which this thread calls a tool
	private static final ThreadLocal<@Nullable String> CALLING = new ThreadLocal<>();

	private final SessionContext context;

	private final ToolApproval approval;

	private final ToolResults texts;

	ToolInvoker(SessionContext context, ToolApproval approval, ToolResults texts) {
		this.context = context;
		this.approval = approval;
		this.texts = texts;
	}

	/**
	 * Return whether the calling thread is that of a tool.
	 * @param sessionId the id of a session
	 * @return whether this session calls the tool
	 */
	static boolean isCallingFor(String sessionId) {
		return sessionId.equals(CALLING.get());
	}

	/**
	 * Call a tool, if its arguments are valid and the call is approved.
	 * @param call the call
	 * @param offered the tool
	 * @param progress the consumer of interim results
	 * @param images the images of the result
	 * @return the result for the model
	 */
	Returned invoke(ToolCall call, OfferedTool offered, Consumer<String> progress, ResultImages images) {
		CALLING.set(this.context.sessionId());
		try {
			String given = call.arguments().isBlank() ? "{}" : call.arguments();
			String problem = offered.arguments().problem(given);
			if (problem != null) {
				log(logger.atDebug(), call).log("A tool was not called, because its arguments are invalid");
				return new Returned(ToolResults.error(problem), ToolOutcome.ERROR);
			}
			RealtimeToolContext called = new CallContext(this.context, call.id(), progress, images);
			if (!this.approval.approve(call, called)) {
				log(logger.atDebug(), call).log("A tool was not called, because the call was not approved");
				return new Returned(ToolResults.notApproved(), ToolOutcome.ERROR);
			}
			String text = this.texts.returned(offered.tool().call(given, called));
			return new Returned(new ToolResult(text, images.all()), ToolOutcome.SUCCESS);
		}
		catch (Throwable ex) {
			// An Error must be answered, too, or the model would wait forever
			return failed(call, ex);
		}
		finally {
			CALLING.remove();
		}
	}

	/**
	 * Create the result of a failed call.
	 * @param call the call
	 * @param failure the reason
	 * @return the result for the model
	 */
	Returned failed(ToolCall call, Throwable failure) {
		log(logger.atDebug(), call).setCause(failure).log("A tool failed with {}", failure.getClass().getName());
		return new Returned(this.texts.failed(failure), ToolOutcome.ERROR);
	}

	/**
	 * Convert an interim result to a text for the model.
	 * @param json the result of the tool
	 * @return a text for the model
	 */
	String interim(String json) {
		return this.texts.returned(json);
	}

	LoggingEventBuilder log(LoggingEventBuilder event, ToolCall call) {
		return event.addKeyValue("session", this.context.sessionId())
			.addKeyValue("connection", this.context.connectionName())
			.addKeyValue("tool", call.name());
	}

	/**
	 * End of a call.
	 *
	 * @param result the result for the model
	 * @param outcome the outcome
	 */
	record Returned(ToolResult result, ToolOutcome outcome) {

		/** The tool was not called because the call was cancelled. */
		static final Returned CANCELLED = new Returned("", ToolOutcome.CANCELLED);

		Returned(String text, ToolOutcome outcome) {
			this(ToolResult.of(text), outcome);
		}

	}

	/**
	 * Context of one call.
	 */
	private static final class CallContext implements RealtimeToolContext {

		private final SessionContext session;

		private final String callId;

		private final Consumer<String> progress;

		private final ResultImages images;

		CallContext(SessionContext session, String callId, Consumer<String> progress, ResultImages images) {
			this.session = session;
			this.callId = callId;
			this.progress = progress;
			this.images = images;
		}

		@Override
		public String sessionId() {
			return this.session.sessionId();
		}

		@Override
		public String connectionName() {
			return this.session.connectionName();
		}

		@Override
		public String callId() {
			return this.callId;
		}

		@Override
		public Map<String, Object> attributes() {
			return this.session.attributes();
		}

		@Override
		public void progress(String json) {
			this.progress.accept(json);
		}

		@Override
		public boolean takesImages() {
			return this.images.isTaken();
		}

		@Override
		public void addImage(MediaData image) {
			this.images.add(image);
		}

		// Attributes may be secrets
		@Override
		public String toString() {
			return "RealtimeToolContext[session=" + sessionId() + ", call=" + this.callId + "]";
		}

	}

}
