package dev.streaming.openai;

import java.util.List;

import dev.streaming.Message;
import dev.streaming.realtime.Question;

/**
 * Work that the end of a connection has cut.
 *
 * @param turn whether a turn was in progress in the conversation
 * @param questions the questions whose answers were in progress, which the turn is not
 * @param requests the messages that asked for those answers
 * @param beside the ids of the responses that were in progress beside it
 */
record CutOff(boolean turn, List<Question> questions, List<Message> requests, List<String> beside) {

}
