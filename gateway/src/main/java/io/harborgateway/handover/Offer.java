package io.harborgateway.handover;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/**
 * A unix socket on which a process waits for the one that replaces it, in a folder that only its
 * own user can enter.
 */
public final class Offer implements AutoCloseable {
  private final Path folder;
  private final Path path;

  /** Of a unix socket, in bytes, without the NUL at its end. */
  private static final int MAX_PATH = 107;

  /** The folder's name, of at most 34 bytes, and the socket's, with their slashes. */
  private static final int OWN_PATH = 37;

  private final Socket socket;

  private Offer(Path folder, Path path, Socket socket) {
    this.folder = folder;
    this.path = path;
    this.socket = socket;
  }

  /** Whether the path of a socket in a folder of the folder's own is one that the system takes. */
  public static boolean fits(Path parent) {
    return parent.toString().getBytes(UTF_8).length <= MAX_PATH - OWN_PATH;
  }

  /**
   * Listens.
   *
   * @param parent the folder in which one for the socket is made
   */
  public static Offer in(Path parent) throws IOException {
    requireEpoll();
    Path folder =
        Files.createTempDirectory(
            parent,
            "harbor-gateway-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path path = folder.resolve("s");
    Socket socket = LinuxSocket.newSocketDomain();
    try {
      socket.bind(new DomainSocketAddress(path.toString()));
      socket.listen(1);
      return new Offer(folder, path, socket);
    } catch (IOException e) {
      socket.close();
      Files.deleteIfExists(path);
      Files.deleteIfExists(folder);
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  private static void requireEpoll() throws IOException {
    if (!Epoll.isAvailable()) {
      throw new IOException("nothing is taken over without epoll: " + Epoll.unavailabilityCause());
    }
  }

  /** Returns what to {@link #connect} to. */
  public Path path() {
    return path;
  }

  /** Waits for the other process. */
  public Link accept(Duration limit) throws IOException {
    return new Link(new Socket(Link.awaitAccept(socket, limit)));
  }

  /**
   * Connects to an offer.
   *
   * @throws IOException if there is none, or it is another user's
   */
  public static Link connect(Path path) throws IOException {
    requireEpoll();
    Socket socket = LinuxSocket.newSocketDomain();
    try {
      if (!socket.connect(new DomainSocketAddress(path.toString()))) {
        socket.finishConnect();
      }
      return new Link(socket);
    } catch (IOException e) {
      socket.close();
      throw new IOException(path + ": nothing to take over: " + e.getMessage(), e);
    }
  }

  /** Stops to listen, and deletes the folder. */
  @Override
  public void close() throws IOException {
    socket.close();
    Files.deleteIfExists(path);
    Files.deleteIfExists(folder);
  }
}
