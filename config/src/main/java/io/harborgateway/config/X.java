package io.harborgateway.config;

final class X {}
