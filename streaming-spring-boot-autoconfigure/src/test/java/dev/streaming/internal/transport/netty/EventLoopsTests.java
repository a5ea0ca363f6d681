package dev.streaming.internal.transport.netty;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link EventLoops}.
 */
class EventLoopsTests {

	private final EventLoops loops = new EventLoops(2);

	@AfterEach
	void close() {
		this.loops.close();
	}

	@Test
	void loopsAreSharedWhileOneIsUsed() {
		EventLoops.Lease first = this.loops.acquire();
		EventLoops.Lease second = this.loops.acquire();
		EventLoops.Lease third = this.loops.acquire();
		assertThat(List.of(first.loop(), second.loop())).doesNotHaveDuplicates();
		assertThat(third.loop()).isIn(first.loop(), second.loop());
		assertThat(third.resolvers()).isSameAs(first.resolvers());
	}

	@Test
	void loopsEndAfterTheLastUse() {
		EventLoops.Lease first = this.loops.acquire();
		EventLoops.Lease second = this.loops.acquire();
		first.release();
		first.release();
		assertThat(second.loop().isShuttingDown()).isFalse();
		second.release();
		TestRuntime.eventually(() -> assertThat(second.loop().isShuttingDown()).isTrue());
	}

	@Test
	void useThatBeginsSoonAfterTheLastKeepsTheLoops() {
		EventLoops.Lease first = this.loops.acquire();
		first.release();
		EventLoops.Lease second = this.loops.acquire();
		assertThat(second.resolvers()).isSameAs(first.resolvers());
		EventLoops.Lease third = this.loops.acquire();
		third.release();
		assertThat(second.loop().isShuttingDown()).isFalse();
	}

	@Test
	void useAfterTheEndHasLoopsOfItsOwn() {
		EventLoops.Lease first = this.loops.acquire();
		first.release();
		TestRuntime.eventually(() -> assertThat(first.loop().isShuttingDown()).isTrue());
		EventLoops.Lease second = this.loops.acquire();
		assertThat(second.loop().isShuttingDown()).isFalse();
		assertThat(second.resolvers()).isNotSameAs(first.resolvers());
	}

	@Test
	void closeEndsLoopsInUseAndRefusesFurtherUse() {
		EventLoops.Lease lease = this.loops.acquire();
		lease.loop().submit(() -> "begun").syncUninterruptibly();
		this.loops.close();
		assertThat(lease.loop().isTerminated()).isTrue();
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(this.loops::acquire);
		lease.release();
	}

}
