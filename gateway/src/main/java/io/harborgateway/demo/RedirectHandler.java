package io.harborgateway.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;

/** Harbor's port 80: redirects everything to https, with the same host and target. */
record RedirectHandler(int httpsPort) implements HttpHandler {
  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
      int port = host.indexOf(':');
      String name = port < 0 ? host : host.substring(0, port);
      exchange
          .getResponseHeaders()
          .set("Location", "https://" + name + ":" + httpsPort + exchange.getRequestURI());
      exchange.sendResponseHeaders(308, -1);
    }
  }
}
