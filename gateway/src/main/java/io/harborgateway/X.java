package io.harborgateway;

final class X {}
