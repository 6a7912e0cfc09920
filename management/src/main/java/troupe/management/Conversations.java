package troupe.management;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;

/**
 * The connections of an HTTP port, each a conversation of requests and answers that can be brought to its end between
 * an answer and the next request. Pekko HTTP's own {@code terminate} fails connections on which it waits for no answer,
 * and the failure overtakes an answer that is on its way to the socket.
 */
final class Conversations extends GraphStage<FlowShape<HttpRequest, HttpResponse>> {
  private final Inlet<HttpRequest> requests = Inlet.create("requests");
  private final Outlet<HttpResponse> answers = Outlet.create("answers");
  private final FlowShape<HttpRequest, HttpResponse> shape = FlowShape.of(requests, answers);
  private final Function<HttpRequest, CompletionStage<HttpResponse>> handler;
  private final Set<Conversation> open = ConcurrentHashMap.newKeySet();
  private volatile boolean ending;

  Conversations(Function<HttpRequest, CompletionStage<HttpResponse>> handler) {
    this.handler = handler;
  }

  /** Takes no further request. Completes when what was asked is answered, sent, and every connection closed. */
  CompletionStage<Void> end() {
    ending = true; // before looking at those that are open: who begins later sees it
    return CompletableFuture.allOf(open.stream().map(Conversation::end).toArray(CompletableFuture[]::new));
  }

  @Override
  public FlowShape<HttpRequest, HttpResponse> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes inherited) {
    return new Conversation();
  }

  private final class Conversation extends GraphStageLogic {
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final AsyncCallback<HttpResponse> answer = createAsyncCallback(this::answer);
    private final AsyncCallback<Throwable> fail = createAsyncCallback(this::failStage);
    private final AsyncCallback<Conversation> end = createAsyncCallback(self -> endWhenAnswered());
    private boolean asked;

    Conversation() {
      super(shape);
      setHandler(requests, new AbstractInHandler() {
        @Override
        public void onPush() throws Exception {
          HttpRequest request = grab(requests);
          if (isClosed(answers)) { // it came too late to be answered, so nothing must be done for it
            request.discardEntityBytes(materializer());
            pull(requests);
          } else {
            ask(request);
          }
        }

        @Override
        public void onUpstreamFinish() {
          if (!asked) {
            completeStage();
          }
        }
      });
      setHandler(answers, new AbstractOutHandler() {
        @Override
        public void onPull() {
          if (!isClosed(requests)) {
            pull(requests);
          }
        }
      });
    }

    @Override
    public void preStart() {
      open.add(this);
      endWhenAnswered();
    }

    @Override
    public void postStop() {
      open.remove(this);
      closed.complete(null);
    }

    CompletableFuture<Void> end() {
      end.invoke(this);
      return closed;
    }

    private void ask(HttpRequest request) throws Exception {
      asked = true;
      handler.apply(request).whenComplete((response, failure) -> {
        if (failure == null) {
          answer.invoke(response);
        } else {
          fail.invoke(failure);
        }
      });
    }

    private void answer(HttpResponse response) {
      asked = false;
      push(answers, response);
      if (isClosed(requests)) {
        completeStage();
      } else {
        endWhenAnswered();
      }
    }

    /** The end of the answers travels behind the last of them; that of the requests comes back with the socket's. */
    private void endWhenAnswered() {
      if (ending && !asked && !isClosed(answers)) {
        complete(answers);
        if (!hasBeenPulled(requests)) {
          pull(requests);
        }
      }
    }
  }
}
