package dev.streaming.openai;

import java.util.List;

import dev.streaming.Message;
import dev.streaming.realtime.Question;

/**
 * Work in progress that was lost with a connection.
 *
 * @param turn whether a turn was in progress in the conversation
 * @param questions the questions whose answers were in progress; they do not count as a
 * turn
 * @param requests the messages that requested those answers
 * @param beside the ids of the responses that were in progress beside the conversation
 */
record CutOff(boolean turn, List<Question> questions, List<Message> requests, List<String> beside) {

}
