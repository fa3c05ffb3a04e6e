package io.harborgateway.config.values;

/** The transport that drives the sockets. */
public enum Transport {
  /** The best available: epoll where its native library loads, otherwise NIO. */
  AUTO,
  /** Linux epoll through the native library; startup fails without it. */
  EPOLL,
  /** The JDK's portable transport. */
  NIO
}
