package io.harborgateway.http.head;

import io.netty.util.AsciiString;

/**
 * Writes the fields that frame a body in the one form that every parser reads alike: {@code
 * Transfer-Encoding: chunked}, and {@code Content-Length: } with digits without leading zeros.
 * Lines that already have this form, as nearly all do, are passed on in place.
 */
public final class FramingFields {
  private static final AsciiString TRANSFER_ENCODING = AsciiString.cached("Transfer-Encoding");
  private static final AsciiString CONTENT_LENGTH = AsciiString.cached("Content-Length");
  private static final AsciiString CHUNKED = AsciiString.cached("chunked");

  private FramingFields() {}

  /** Edits the lines, not dropped yet, of a head whose {@link Framing} is valid. */
  public static void edit(Head head, FieldEdits edits) {
    for (int i = 0; i < head.count(); i++) {
      Field field = head.field(i);
      if (field == null || edits.isDropped(i)) {
        continue;
      }
      switch (field) {
        case TRANSFER_ENCODING -> {
          if (!isPlain(head, i) || !head.matches(head.valueStart(i), head.valueEnd(i), "chunked")) {
            edits.drop(i);
            edits.add(TRANSFER_ENCODING, CHUNKED);
          }
        }
        case CONTENT_LENGTH -> editLength(head, i, edits);
        case TRAILER -> TrailerFields.editAnnouncement(head, i, edits);
        default -> {}
      }
    }
  }

  private static void editLength(Head head, int line, FieldEdits edits) {
    int start = head.valueStart(line);
    int end = head.valueEnd(line);
    boolean zeroLeads = end - start > 1 && head.octets[start] == '0';
    if (!zeroLeads && isPlain(head, line)) {
      return;
    }
    while (start < end - 1 && head.octets[start] == '0') {
      start++;
    }
    edits.drop(line);
    edits.add(CONTENT_LENGTH, head.text(start, end));
  }

  /** Returns whether one space precedes the line's value, and nothing follows it. */
  private static boolean isPlain(Head head, int line) {
    return head.valueStart(line) == head.nameEnd(line) + 2
        && head.octets[head.nameEnd(line) + 1] == Octets.SP
        && head.lineEnd(line) == head.valueEnd(line) + 2;
  }
}
