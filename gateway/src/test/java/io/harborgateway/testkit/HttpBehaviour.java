package io.harborgateway.testkit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;

/** A simple HTTP/1.1 server with keep-alive: reads each request to its end, then answers it. */
final class HttpBehaviour implements Behaviour {
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private final Behaviours.Handler handler;
  private final LongAdder requests = new LongAdder();

  HttpBehaviour(Behaviours.Handler handler) {
    this.handler = handler;
  }

  @Override
  public long requests() {
    return requests.sum();
  }

  @Override
  public void serve(InputStream in, OutputStream out, Socket socket) throws IOException {
    var reader = new HttpReader(in);
    var buffered = new BufferedOutputStream(out, 64 << 10);
    for (HttpHead head = reader.readHead(); head != null; head = reader.readHead()) {
      if (head.has("Expect", "100-continue")) {
        out.write(CONTINUE);
      }
      var request = new HttpRequest(head, reader.readRequestBody(head));
      requests.increment();
      var answer = handler.handle(request);
      answer.writeTo(buffered, request.method());
      Behaviour tunnel = answer.tunnel();
      if (tunnel != null) {
        tunnel.serve(in, out, socket);
        return;
      }
      if (answer.closes() || head.has("Connection", "close")) {
        return;
      }
    }
  }
}
