package io.harborgateway.logging;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The destination of a log's lines. May block; used by a dedicated thread. */
interface LogTarget {
  /** Writes all bytes, which are whole lines. Without any, only does housekeeping. */
  void write(ByteBuffer lines) throws IOException;
}
