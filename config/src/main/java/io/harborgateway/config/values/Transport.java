package io.harborgateway.config.values;

/** How sockets are driven. */
public enum Transport {
  /** The best that the machine has: epoll where its native library loads, else NIO. */
  AUTO,
  /** Linux epoll by the native library; a start without it fails. */
  EPOLL,
  /** The portable transport of the JDK. */
  NIO
}
