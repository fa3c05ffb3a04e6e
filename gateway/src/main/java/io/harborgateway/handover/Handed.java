package io.harborgateway.handover;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a process says of itself before it hands over its sockets. Written as JSON by component
 * names; a process of another version ignores those that it does not know.
 *
 * @param form of the conversation: processes understand each other if it is the same
 * @param version of the program
 * @param pid its id as a process
 * @param process the id by which routers know it
 * @param sockets in the order in which their descriptors follow
 * @param adminSocket path of its admin endpoint, or null
 * @param instances GUIDs of those that it serves: all but those whose certificates it can't use
 * @param isConnected whether it could speak to routers, or has nothing to say to them
 */
public record Handed(
    int form,
    String version,
    long pid,
    UUID process,
    List<HandedSocket> sockets,
    @Nullable String adminSocket,
    Set<String> instances,
    boolean isConnected) {
  /** The form that this program speaks. */
  public static final int FORM = 2;

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /**
   * A listening socket.
   *
   * @param address for which it is used, an IP address
   * @param isLasting whether it stays open when the listener is closed, as a supervisor has it, too
   * @param isAccepting whether connections are accepted from it, so that they have to be
   * @param isAnswering whether an upstream answers behind it, so that one has to
   */
  public record HandedSocket(
      String address, int port, boolean isLasting, boolean isAccepting, boolean isAnswering) {
    /** Returns the address for which it is used. */
    public InetSocketAddress at() {
      return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }
  }

  /** Returns a value as one line of JSON. */
  public static String line(Object value) {
    return JSON.writeValueAsString(value);
  }

  /**
   * Reads a line of JSON.
   *
   * @throws JacksonException if it is no such value
   */
  public static <T> T read(String line, Class<T> type) {
    return JSON.readValue(line, type);
  }
}
