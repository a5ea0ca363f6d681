package dev.streaming.openai;

import java.util.List;

/**
 * Work that the end of a connection has cut.
 *
 * @param turn whether a turn was under way in the conversation
 * @param beside the ids of the responses that were under way beside it
 */
record CutOff(boolean turn, List<String> beside) {

}
