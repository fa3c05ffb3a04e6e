package io.harborgateway.logging;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the lines of a log go. May block; used by a thread of its own. */
interface LogTarget {
  /** Writes all of it, whole lines. Without any bytes it only looks after itself. */
  void write(ByteBuffer lines) throws IOException;
}
