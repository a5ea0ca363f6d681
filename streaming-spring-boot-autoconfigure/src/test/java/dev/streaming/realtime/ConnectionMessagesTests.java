package dev.streaming.realtime;

import java.util.ArrayList;
import java.util.List;

import dev.streaming.Message;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link ConnectionMessages}.
 */
class ConnectionMessagesTests {

	private final ConnectionMessages messages = new ConnectionMessages();

	private final List<Message> sent = new ArrayList<>();

	private final List<Message> withdrawn = new ArrayList<>();

	private final Message message = Message.text("{}");

	@Test
	void messageIsSentOnItsConnection() {
		assertThat(this.messages.send(this.messages.connection(), this.message, this.sent::add)).isTrue();
		assertThat(this.sent).containsExactly(this.message);
	}

	@Test
	void messageOfAConnectionThatIsLostIsNotSent() {
		long connection = this.messages.connection();
		this.messages.lost(this.withdrawn::add);
		assertThat(this.messages.send(connection, this.message, this.sent::add)).isFalse();
		assertThat(this.sent).isEmpty();
		assertThat(this.withdrawn).isEmpty();
	}

	@Test
	void messageThatIsHeldWhenItsConnectionIsLostIsTakenBack() {
		this.messages.send(this.messages.connection(), this.message, this.sent::add);
		this.messages.lost(this.withdrawn::add);
		assertThat(this.withdrawn).containsExactly(this.message);
	}

	@Test
	void messageThatIsHeldALittleLaterIsTakenBackBeforeTheNextConnectionSendsIt() {
		this.messages.send(this.messages.connection(), this.message, (held) -> {
			this.messages.lost(this.withdrawn::add);
			this.withdrawn.clear();
		});
		this.messages.restored(this.withdrawn::add);
		assertThat(this.withdrawn).containsExactly(this.message);
		this.messages.restored(this.withdrawn::add);
		assertThat(this.withdrawn).as("once").hasSize(1);
	}

	@Test
	void messageOfTheNextConnectionIsNotTakenBack() {
		this.messages.lost(this.withdrawn::add);
		this.messages.send(this.messages.connection(), this.message, this.sent::add);
		this.messages.restored(this.withdrawn::add);
		assertThat(this.withdrawn).isEmpty();
		this.messages.lost(this.withdrawn::add);
		assertThat(this.withdrawn).containsExactly(this.message);
	}

	@Test
	void olderMessagesAreForgotten() {
		List<Message> all = new ArrayList<>();
		for (int i = 0; i < 300; i++) {
			Message each = Message.text("" + i);
			all.add(each);
			this.messages.send(this.messages.connection(), each, this.sent::add);
		}
		this.messages.lost(this.withdrawn::add);
		assertThat(this.withdrawn).containsExactlyElementsOf(all.subList(44, 300));
	}

}
