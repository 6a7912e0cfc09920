package troupe.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import troupe.broadcast.Conversation.Order;

class ConversationTest {
  @Test
  void eachMessageIsTakenOnceAndInOrder() {
    Conversation.Inbox inbox = new Conversation.Inbox();
    assertEquals(Order.AFTER_A_GAP, inbox.take(2));
    assertEquals(Order.NEXT, inbox.take(1));
    assertEquals(Order.REPEATED, inbox.take(1));
    assertEquals(Order.NEXT, inbox.take(2));
    assertEquals(Order.REPEATED, inbox.take(1));
    assertEquals(Order.AFTER_A_GAP, inbox.take(4));
    assertEquals(Order.NEXT, inbox.take(3), "a gap is not taken");
  }
}
