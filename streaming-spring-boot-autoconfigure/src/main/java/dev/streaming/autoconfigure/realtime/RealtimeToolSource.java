package dev.streaming.autoconfigure.realtime;

import java.util.Collection;
import java.util.function.Supplier;

import dev.streaming.realtime.RealtimeTool;

/**
 * Source of tools in addition to the beans of type {@link RealtimeTool}.
 */
@FunctionalInterface
interface RealtimeToolSource extends Supplier<Collection<RealtimeTool>> {

}
