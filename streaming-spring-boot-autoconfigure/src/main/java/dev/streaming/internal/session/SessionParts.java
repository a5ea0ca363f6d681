package dev.streaming.internal.session;

import java.util.concurrent.Executor;

import dev.streaming.ConnConfig;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.internal.concurrent.ContextExecutor;
import dev.streaming.internal.concurrent.SequentialExecutor;
import dev.streaming.internal.connection.ConnStateMachine;
import dev.streaming.internal.connection.DefaultConn;

/**
 * Parts of one session.
 *
 * @param environment the values that the parts share
 * @param handler the handler
 * @param context the handler's context
 * @param gate the gate of the senders
 * @param channel the channel of the consumers
 * @param sender the sender
 * @param lifecycle the lifecycle
 * @param termination the end of the session
 * @param opening the first opening
 * @param monitor the monitor of the conversation
 */
record SessionParts(SessionEnvironment environment, SessionHandler handler, SessionContext context, SendGate gate,
		DefaultResponseChannel channel, SessionSender sender, SessionLifecycle lifecycle,
		SessionTermination termination, SessionOpening opening, ConversationMonitor monitor) {

	/**
	 * Create the parts of a session.
	 * @param config the session's settings
	 * @param conn the session's connection
	 * @param session the session, which is not called before it is opened
	 * @return the parts
	 */
	static SessionParts create(SessionConfig config, DefaultConn conn, SessionControl session) {
		ConnStateMachine stateMachine = conn.stateMachine();
		ConnConfig settings = stateMachine.config();
		String id = SessionIds.next(settings.name());
		Executor workers = ContextExecutor.capture(stateMachine.runtime().workers());
		Executor dialers = ContextExecutor.capture(stateMachine.runtime().dialers());
		SequentialExecutor serial = new SequentialExecutor(workers);
		SessionLog log = new SessionLog(config.logger(), id, settings.name());
		SessionEnvironment environment = new SessionEnvironment(id, config, stateMachine, workers, dialers, serial,
				log);
		SendGate gate = new SendGate(id, settings.name(), settings.writeWait(), config.sendBufferSize().toBytes(),
				stateMachine.timer(), stateMachine.observer(), config.logger());
		DefaultResponseChannel channel = new DefaultResponseChannel(config.responseChannelSize(),
				config.readAhead().toBytes(), serial::isCurrent, stateMachine.observer()::chunksDiscarded, workers,
				serial::executeAfterwards);
		SessionTermination termination = new SessionTermination(environment, gate, channel);
		ConversationMonitor monitor = new ConversationMonitor(environment, session::readingTime);
		InterceptorChain interceptors = new InterceptorChain(config.interceptors(), session, log);
		ChunkDelivery delivery = new ChunkDelivery(environment, channel, termination, monitor, interceptors);
		SessionHandler handler = HandlerAdapter.handlerOf(config);
		SessionContext context = new DefaultSessionContext(session, delivery, gate, environment, monitor, interceptors);
		SessionCallbacks callbacks = new SessionCallbacks(session, handler, config.listeners(), context, log);
		SessionHooks hooks = new SessionHooks(environment, handler, context, delivery, termination);
		MessagePipeline pipeline = new MessagePipeline(environment, handler, context, delivery, termination);
		SessionLimiter limiter = new SessionLimiter(environment, gate::state, monitor, callbacks, termination);
		ConversationEffects effects = new ConversationEffects(environment, session, callbacks, delivery, limiter);
		monitor.sink(effects);
		termination.add(limiter);
		termination.add(monitor);
		termination.add(effects);
		SessionLifecycle lifecycle = new SessionLifecycle(environment, session, conn.backOff(), gate, channel, pipeline,
				delivery, hooks, callbacks, termination, new ReconnectPolicy(config, handler, log), monitor, limiter);
		SessionSender sender = new SessionSender(gate, serial, settings.jsonMapper(), workers, handler, interceptors,
				monitor::sent);
		SessionConnectionOwner owner = new SessionConnectionOwner(gate,
				(message) -> sender.send(message, config.sendWhileReconnecting()), termination::close);
		SessionOpening opening = new SessionOpening(environment, conn, owner, hooks, lifecycle, termination);
		return new SessionParts(environment, handler, context, gate, channel, sender, lifecycle, termination, opening,
				monitor);
	}

}
