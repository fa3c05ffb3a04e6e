/**
 * Reads a tree into records by the types and annotations of their components. Reports every problem
 * with its place, and goes on.
 */
package io.harborgateway.config.binding;
