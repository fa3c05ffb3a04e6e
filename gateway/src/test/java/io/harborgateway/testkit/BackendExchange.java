package io.harborgateway.testkit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A request on a {@link BackendConnection}, and what its response comes to. Thread-safe. */
final class BackendExchange {
  /** gorouter's limit of a whole request, here of each half of the response. */
  private static final Duration TIMEOUT = Duration.ofMinutes(15);

  private final String method;
  private final RequestTrace trace;
  private final CompletableFuture<HttpHead> head = new CompletableFuture<>();
  private final CompletableFuture<HttpBody> body = new CompletableFuture<>();

  BackendExchange(String method, RequestTrace trace) {
    this.method = method;
    this.trace = trace;
  }

  String method() {
    return method;
  }

  RequestTrace trace() {
    return trace;
  }

  /** The final response begins. */
  void answered(HttpHead answer) {
    head.complete(answer);
  }

  /** The response is whole. */
  void finished(HttpBody whole) {
    body.complete(whole);
  }

  /** The request could not be written, which says nothing of a response that has begun. */
  void writeFailed(Throwable thrown) {
    var failure = new BackendException(BackendFailure.OTHER, thrown);
    if (head.completeExceptionally(failure)) {
      body.completeExceptionally(failure);
    }
  }

  /** There is no response, or not the rest of it. */
  void readFailed(Throwable thrown) {
    BackendFailure kind = BackendFailure.of(thrown);
    if (kind == BackendFailure.END_OF_FILE && trace.isAnswered()) {
      kind = BackendFailure.OTHER; // in Go it is another EOF inside of a message
    }
    var failure = new BackendException(kind, thrown);
    head.completeExceptionally(failure);
    body.completeExceptionally(failure);
  }

  /** Waits for the response to begin. */
  HttpHead awaitHead() throws BackendException {
    return await(head);
  }

  /** Waits for the response to end. */
  HttpBody awaitBody() throws BackendException {
    return await(body);
  }

  private static <T> T await(CompletableFuture<T> future) throws BackendException {
    try {
      return future.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new BackendException(BackendFailure.OTHER, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendException(BackendFailure.OTHER, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BackendException failure) {
        throw failure;
      }
      throw new AssertionError(e);
    }
  }
}
