package io.harborgateway.testkit;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainDatagramSocketAddress;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Stands in for a service manager: a notify socket, and what has come to it. */
public final class NotifyReceiver implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Socket socket;
  private final List<Message> messages = new CopyOnWriteArrayList<>();
  private final Thread reader = Thread.ofPlatform().name("notify").daemon().unstarted(this::read);
  private volatile boolean closed;

  /**
   * A datagram.
   *
   * @param nanos when it came, by {@link System#nanoTime}
   */
  public record Message(String text, long nanos) {
    /** Whether it has this assignment among its lines. */
    public boolean says(String line) {
      return text.lines().anyMatch(line::equals);
    }

    /** The value of its first assignment to this variable. */
    public Stream<String> value(String variable) {
      return text.lines()
          .filter(line -> line.startsWith(variable + "="))
          .map(line -> line.substring(variable.length() + 1))
          .limit(1);
    }
  }

  private NotifyReceiver(Socket socket) {
    this.socket = socket;
  }

  /** Listens when this returns, as {@code NOTIFY_SOCKET} would name it. */
  public static NotifyReceiver at(String name) {
    Epoll.ensureAvailability(); // which loads the sockets' natives
    try {
      Socket socket = Socket.newSocketDomainDgram();
      socket.bind(new DomainSocketAddress(name.startsWith("@") ? "\0" + name.substring(1) : name));
      var receiver = new NotifyReceiver(socket);
      receiver.reader.start();
      return receiver;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    var buffer = ByteBuffer.allocateDirect(8192);
    while (!closed) {
      try {
        DomainDatagramSocketAddress datagram =
            socket.recvFromDomainSocket(buffer, 0, buffer.capacity());
        if (datagram != null) {
          byte[] bytes = new byte[datagram.receivedAmount()];
          buffer.get(0, bytes);
          messages.add(new Message(new String(bytes, StandardCharsets.UTF_8), System.nanoTime()));
        } else {
          Thread.sleep(5);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** What has come so far, in its order. */
  public List<Message> messages() {
    return List.copyOf(messages);
  }

  /** The values of this variable so far, in their order. */
  public List<String> values(String variable) {
    return messages().stream().flatMap(message -> message.value(variable)).toList();
  }

  /** The first message with this line, now or soon. */
  public Message await(String line) {
    return await(line, message -> message.says(line));
  }

  /** The first such message, now or soon. */
  public Message await(String what, Predicate<Message> wanted) {
    Await.until(what, SOON, () -> messages().stream().anyMatch(wanted));
    return messages().stream().filter(wanted).findFirst().orElseThrow();
  }

  @Override
  public void close() {
    closed = true;
    reader.interrupt();
    try {
      reader.join();
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
