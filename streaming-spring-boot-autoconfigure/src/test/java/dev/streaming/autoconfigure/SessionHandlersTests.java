package dev.streaming.autoconfigure;

import java.util.List;

import dev.streaming.MessageHandler;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.SessionHandler;
import dev.streaming.StreamingHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class SessionHandlersTests extends AbstractConnectionBeansTests {

	@Test
	void qualifiedHandlersServeTheirConnections() {
		application(QualifiedHandlers.class, "openai", "gemini").run((context) -> {
			assertThat(handler(context, "openai")).isEqualTo("one");
			assertThat(handler(context, "gemini")).isEqualTo("two");
		});
	}

	@Test
	void annotatedClassServesItsConnectionAndHasANameOfItsOwn(CapturedOutput output) {
		this.contextRunner
			.withInitializer((context) -> new AnnotatedBeanDefinitionReader((BeanDefinitionRegistry) context)
				.register(AnnotatedHandler.class, OtherAnnotatedHandler.class))
			.withPropertyValues(connections("openai", "gemini"))
			.run((context) -> {
				assertThat(handler(context, "openai")).isEqualTo("annotated");
				assertThat(handler(context, "gemini")).isEqualTo("other annotated");
				assertThat(context.getBeanNamesForType(AnnotatedHandler.class))
					.containsExactly("sessionHandlersTests.AnnotatedHandler");
				assertThat(context.getBeanFactory().isPrototype("sessionHandlersTests.AnnotatedHandler")).isTrue();
			});
		assertThat(output).doesNotContain("Support for convention-based").doesNotContain("uses the handler");
	}

	@Test
	void beanNamedAsTheConnectionServesIt() {
		application(NamedHandlers.class, "openai", "gemini").run((context) -> {
			assertThat(handler(context, "openai")).isEqualTo("named openai");
			assertThat(handler(context, "gemini")).isEqualTo("the rest");
		});
	}

	@Test
	void aliasIsAName() {
		application(AliasedHandler.class, "openai")
			.run((context) -> assertThat(handler(context, "openai")).isEqualTo("aliased"));
	}

	@Test
	void qualifierOfABeanDefinitionCounts() {
		this.contextRunner.withInitializer((context) -> {
			RootBeanDefinition definition = new RootBeanDefinition(TestHandler.class, () -> new TestHandler("plain"));
			definition.setScope("prototype");
			definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, "openai"));
			((BeanDefinitionRegistry) context).registerBeanDefinition("some", definition);
		})
			.withUserConfiguration(OnlyHandler.class)
			.withPropertyValues(connections("openai"))
			.run((context) -> assertThat(handler(context, "openai")).isEqualTo("plain"));
	}

	@Test
	void onlyHandlerServesEveryConnectionThatHasNoOther() {
		application(OnlyHandler.class, "openai", "gemini").withPropertyValues("streaming.conn.url=ws://localhost")
			.run((context) -> {
				assertThat(handler(context, "openai")).isEqualTo("only");
				assertThat(handler(context, "gemini")).isEqualTo("only");
				assertThat(handler(context, "default")).isEqualTo("only");
			});
	}

	@Test
	void handlerOfAnotherConnectionIsNotTheOnlyOne() {
		application(OpenAiHandler.class, "openai", "gemini")
			.run((context) -> assertThat(failure(context)).hasMessageContaining("Connection 'gemini' has no handler")
				.hasMessageContaining("for other connections: handlerOne")
				.hasMessageContaining("streaming.connections.gemini.handler"));
	}

	@Test
	void handlerNamedForNoConnectionIsTheOnlyOneAndWarnedOf(CapturedOutput output) {
		application(OpenAiHandler.class, "gemini")
			.run((context) -> assertThat(handler(context, "gemini")).isEqualTo("one"));
		assertThat(output).containsOnlyOnce("Connection 'gemini' uses the handler 'handlerOne', which is annotated with"
				+ " @StreamingHandler(\"openai\"): there is no connection of that name, and no other handler");
	}

	@Test
	void annotatedClassOfNoConnectionIsWarnedOf(CapturedOutput output) {
		this.contextRunner
			.withInitializer((context) -> new AnnotatedBeanDefinitionReader((BeanDefinitionRegistry) context)
				.register(AnnotatedHandler.class))
			.withPropertyValues(connections("openia"))
			.run((context) -> assertThat(handler(context, "openia")).isEqualTo("annotated"));
		assertThat(output).contains("Connection 'openia' uses the handler 'sessionHandlersTests.AnnotatedHandler'");
	}

	@Test
	void handlerOfTheDefaultConnectionIsNotForOthers() {
		application(DefaultHandler.class, "gemini")
			.run((context) -> assertThat(failure(context)).hasMessageContaining("Connection 'gemini' has no handler"));
	}

	@Test
	void severalHandlersAreTooMany() {
		application(TwoHandlers.class, "openai").run((context) -> assertThat(failure(context))
			.hasMessageContaining("Connection 'openai' matches more than one bean")
			.hasMessageContaining("first, second")
			.hasMessageContaining("@Qualifier(\"openai\")"));
	}

	@Test
	void primaryHandlerIsTheOneOfSeveral() {
		this.contextRunner.withUserConfiguration(TwoHandlers.class, PrimaryHandler.class)
			.withPropertyValues(connections("openai"))
			.run((context) -> assertThat(handler(context, "openai")).isEqualTo("primary"));
	}

	@Test
	void propertyGoesBeforeQualifier() {
		application(QualifiedHandlers.class, "openai", "gemini")
			.withPropertyValues("streaming.connections.openai.handler=handlerTwo")
			.run((context) -> assertThat(handler(context, "openai")).isEqualTo("two"));
	}

	@Test
	void propertyGoesBeforeProvider() {
		this.contextRunner.withUserConfiguration(QualifiedHandlers.class)
			.withBean(StreamingProvider.class, TestProvider::new)
			.withPropertyValues(connections("openai", "gemini"))
			.withPropertyValues("streaming.connections.openai.handler=handlerTwo",
					"streaming.connections.openai.provider=test")
			.run((context) -> assertThat(handler(context, "openai")).isEqualTo("two"));
	}

	@Test
	void providerGoesBeforeQualifier() {
		this.contextRunner.withUserConfiguration(QualifiedHandlers.class)
			.withBean(StreamingProvider.class, TestProvider::new)
			.withPropertyValues(connections("openai", "gemini"))
			.withPropertyValues("streaming.connections.openai.provider=test")
			.run((context) -> {
				assertThat(handler(context, "openai")).isEqualTo("provider of openai");
				assertThat(handler(context, "gemini")).isEqualTo("two");
			});
	}

	@Test
	void emptyPropertiesAreNotGiven() {
		application(OnlyHandler.class, "openai")
			.withPropertyValues("streaming.connections.openai.handler=", "streaming.connections.openai.provider=",
					"streaming.connections.openai.conn.ssl-bundle=")
			.run((context) -> assertThat(handler(context, "openai")).isEqualTo("only"));
	}

	@Test
	void sessionMayBringItsHandler() {
		this.contextRunner.withPropertyValues("streaming.conn.url=ws://localhost").run((context) -> {
			Session session = context.getBean(SessionFactory.class)
				.open("default", (spec) -> spec.handler(new TestHandler("own")));
			assertThat(session.unwrap(TestHandler.class)).map(TestHandler::name).contains("own");
		});
	}

	@Test
	void defaultConnectionNeedsAHandlerOnlyWhenASessionIsOpened() {
		this.contextRunner.withPropertyValues("streaming.conn.url=ws://localhost").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThatExceptionOfType(IllegalStateException.class)
				.isThrownBy(() -> context.getBean(SessionFactory.class).open())
				.withMessageContaining("Connection 'default' has no handler")
				.withMessageContaining("@StreamingHandler(\"default\")");
			assertThat(this.transport.dials()).isEmpty();
		});
	}

	@Test
	void everySessionHasAHandlerOfItsOwnThatIsDestroyedAfterItWasClosed() {
		application(OnlyHandler.class, "openai").run((context) -> {
			SessionFactory sessions = context.getBean(SessionFactory.class);
			Session first = sessions.open("openai");
			Session second = sessions.open("openai");
			TestHandler ofFirst = first.unwrap(TestHandler.class).orElseThrow();
			TestHandler ofSecond = second.unwrap(TestHandler.class).orElseThrow();
			assertThat(ofFirst).isNotSameAs(ofSecond);
			first.close();
			await().untilAsserted(() -> assertThat(ofFirst.destroyed).isTrue());
			assertThat(ofSecond.destroyed).isFalse();
		});
	}

	@Test
	void nothingIsInstantiatedBeforeASessionIsOpened() {
		application(CountingHandler.class, "openai").run((context) -> {
			assertThat(CountingHandler.created).isZero();
			handler(context, "openai");
			assertThat(CountingHandler.created).isOne();
		});
	}

	@Test
	void singletonHandlerFailsTheStart() {
		this.contextRunner.withUserConfiguration(SingletonHandler.class)
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("SessionHandler bean 'singleton' does not have prototype scope")
				.hasMessageContaining("@StreamingHandler"));
	}

	@Test
	void scopedProxyFailsTheStart() {
		this.contextRunner.withUserConfiguration(ProxiedHandler.class)
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("SessionHandler bean 'proxied' does not have prototype scope")
				.hasMessageContaining("without a scoped proxy"));
	}

	private static String handler(AssertableApplicationContext context, String connection) throws InterruptedException {
		Session session = context.getBean(SessionFactory.class).open(connection);
		assertThat(session.connectionName()).isEqualTo(connection);
		return session.unwrap(TestHandler.class).orElseThrow().name();
	}

	static class TestProvider implements StreamingProvider<ProviderSettings.None> {

		@Override
		public String name() {
			return "test";
		}

		@Override
		public ProviderSettings<ProviderSettings.None> settings() {
			return ProviderSettings.none();
		}

		@Override
		public SessionHandler createHandler(ProviderConnection<ProviderSettings.None> connection) {
			return new TestHandler("provider of " + connection.name());
		}

	}

	@StreamingHandler("openai")
	static class AnnotatedHandler extends TestHandler {

		AnnotatedHandler() {
			super("annotated");
		}

	}

	@StreamingHandler("gemini")
	static class OtherAnnotatedHandler extends TestHandler {

		OtherAnnotatedHandler() {
			super("other annotated");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class QualifiedHandlers {

		@Bean
		@StreamingHandler("openai")
		TestHandler handlerOne() {
			return new TestHandler("one");
		}

		@Bean
		@Scope("prototype")
		@Qualifier("gemini")
		SessionHandler handlerTwo() {
			return new TestHandler("two");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OpenAiHandler {

		@Bean
		@StreamingHandler("openai")
		TestHandler handlerOne() {
			return new TestHandler("one");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DefaultHandler {

		@Bean
		@StreamingHandler("default")
		TestHandler handlerOne() {
			return new TestHandler("one");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NamedHandlers {

		@Bean
		@Scope("prototype")
		SessionHandler openai() {
			return new TestHandler("named openai");
		}

		@Bean
		@Scope("prototype")
		SessionHandler rest() {
			return new TestHandler("the rest");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AliasedHandler {

		@Bean({ "some", "openai" })
		@Scope("prototype")
		SessionHandler some() {
			return new TestHandler("aliased");
		}

		@Bean
		@Scope("prototype")
		SessionHandler rest() {
			return new TestHandler("the rest");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OnlyHandler {

		@Bean
		@Scope("prototype")
		TestHandler handler() {
			return new TestHandler("only");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoHandlers {

		@Bean
		@Scope("prototype")
		SessionHandler first() {
			return new TestHandler("first");
		}

		@Bean
		MessageHandler second() {
			return (message) -> List.of();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrimaryHandler {

		@Bean
		@Primary
		@Scope("prototype")
		SessionHandler third() {
			return new TestHandler("primary");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CountingHandler {

		static int created;

		CountingHandler() {
			created = 0;
		}

		@Bean
		@Scope("prototype")
		SessionHandler handler() {
			created++;
			return new TestHandler("counted");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SingletonHandler {

		@Bean
		SessionHandler singleton() {
			return new TestHandler("singleton");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ProxiedHandler {

		@Bean
		@Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.INTERFACES)
		SessionHandler proxied() {
			return new TestHandler("proxied");
		}

	}

}
