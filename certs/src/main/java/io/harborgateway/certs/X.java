package io.harborgateway.certs;

final class X {}
