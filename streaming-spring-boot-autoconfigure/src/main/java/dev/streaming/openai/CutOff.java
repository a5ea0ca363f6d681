package dev.streaming.openai;

import java.util.List;

import dev.streaming.realtime.Question;

/**
 * Work that the end of a connection has cut.
 *
 * @param turn whether a turn was under way in the conversation
 * @param questions the questions whose answers were under way, which the turn is not
 * @param beside the ids of the responses that were under way beside it
 */
record CutOff(boolean turn, List<Question> questions, List<String> beside) {

}
