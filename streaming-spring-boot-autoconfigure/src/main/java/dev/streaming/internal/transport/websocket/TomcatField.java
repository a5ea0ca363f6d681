package dev.streaming.internal.transport.websocket;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Private fields of Tomcat's client that are read, because it provides no other access.
 * No other class depends on their names: the hints for native images and the warning
 * about a Tomcat that has renamed one are derived from this enum. The value of a missing
 * field is {@code null}.
 * <p>
 * Called by any thread; nothing blocks. No field is ever written.
 */
public enum TomcatField {

	/** Reader of the frames of a session. */
	FRAMES("WsSession", "wsFrame"),

	/** Whether no close frame has been read. */
	OPEN("WsFrameBase", "open"),

	/** Payload of the last control frame. */
	CONTROL_FRAME("WsFrameBase", "controlBufferBinary"),

	/** Length of the payload of the last frame. */
	PAYLOAD_LENGTH("WsFrameBase", "payloadLength"),

	/** State of the reader. */
	READ_STATE("WsFrameBase", "readState"),

	/** Source of the frames of a client. */
	CHANNEL("WsFrameClient", "channel"),

	/** Socket of a {@code ws} connection. */
	SOCKET("AsyncChannelWrapperNonSecure", "socketChannel"),

	/** Socket of a {@code wss} connection. */
	SECURE_SOCKET("AsyncChannelWrapperSecure", "socketChannel");

	private static final String PACKAGE = "org.apache.tomcat.websocket.";

	private static final Logger logger = LoggerFactory.getLogger(TomcatField.class);

	private static final AtomicBoolean warned = new AtomicBoolean();

	private final String className;

	private final String fieldName;

	private final @Nullable Field field;

	TomcatField(String type, String name) {
		this.className = PACKAGE + type;
		this.fieldName = name;
		this.field = find(TomcatField.class.getClassLoader());
	}

	/**
	 * Return the class that declares the field.
	 * @return its full name
	 */
	public String className() {
		return this.className;
	}

	/**
	 * Return the name of the field.
	 * @return the name
	 */
	public String fieldName() {
		return this.fieldName;
	}

	/**
	 * Return the value of the field.
	 * @param target the object to read, or {@code null}
	 * @return the value, or {@code null} if there is no value or no such field, or if the
	 * target is of another class
	 */
	@Nullable Object get(@Nullable Object target) {
		if (this.field == null || !this.field.getDeclaringClass().isInstance(target)) {
			return null;
		}
		return ReflectionUtils.getField(this.field, target);
	}

	/**
	 * Return the fields that do not exist in a version of Tomcat.
	 * @param classLoader the class loader of Tomcat
	 * @return the fields
	 */
	static List<TomcatField> missing(@Nullable ClassLoader classLoader) {
		return Arrays.stream(values()).filter((each) -> each.find(classLoader) == null).toList();
	}

	/**
	 * Log a warning if this version of Tomcat lacks a field, once for each JVM: when a
	 * client is created, or else with the first connection.
	 */
	static void warnIfMissing() {
		if (warned.compareAndSet(false, true)) {
			warnOf(missing(TomcatField.class.getClassLoader()));
		}
	}

	/**
	 * Log a warning about missing fields.
	 * @param missing the fields
	 */
	static void warnOf(List<TomcatField> missing) {
		if (!missing.isEmpty()) {
			logger.atWarn()
				.log("This version of Tomcat does not have {}, which streaming reads by reflection. Connections work,"
						+ " but messages may be sent with a delay of up to 40 ms, and some close frames of the peer"
						+ " are reported with another code or noticed only by the heartbeat. Use the version of Tomcat"
						+ " that Spring Boot manages, and report this to the project", missing);
		}
	}

	private @Nullable Field find(@Nullable ClassLoader classLoader) {
		try {
			Field found = ReflectionUtils.findField(ClassUtils.forName(this.className, classLoader), this.fieldName);
			if (found != null) {
				ReflectionUtils.makeAccessible(found);
			}
			return found;
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return null;
		}
	}

	@Override
	public String toString() {
		return this.className + "." + this.fieldName;
	}

}
