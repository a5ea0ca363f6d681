package dev.streaming.internal.connection;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.bean.BeanSerializerBase;
import tools.jackson.databind.ser.impl.UnknownSerializer;

/**
 * Adds support for the types of {@link ForeignJson} to a mapper, including nested ones.
 * Serializers of the application take precedence.
 */
final class ForeignTypesModule {

	private ForeignTypesModule() {
	}

	/**
	 * Return a mapper that encodes foreign types.
	 * @param mapper the mapper to copy
	 * @return the copy
	 */
	static JsonMapper addTo(JsonMapper mapper) {
		SimpleModule module = new SimpleModule("streaming-foreign-types");
		module.setSerializerModifier(new Modifier());
		return mapper.rebuild().addModule(module).build();
	}

	private static final class Modifier extends ValueSerializerModifier {

		private static final long serialVersionUID = 1L;

		@Override
		public ValueSerializer<?> modifySerializer(SerializationConfig config, BeanDescription.Supplier description,
				ValueSerializer<?> serializer) {
			if (!(serializer instanceof BeanSerializerBase || serializer instanceof UnknownSerializer)) {
				return serializer;
			}
			ForeignJson way = ForeignJson.of(description.getBeanClass());
			return (way != ForeignJson.NONE) ? new Serializer(way) : serializer;
		}

	}

	private static final class Serializer extends ValueSerializer<Object> {

		private final ForeignJson way;

		Serializer(ForeignJson way) {
			this.way = way;
		}

		@Override
		public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
			generator.writeRawValue(this.way.write(value));
		}

	}

}
