/**
 * Binds a tree to records, guided by the types and annotations of their components. Reports every
 * problem with its place, and goes on.
 */
package io.harborgateway.config.binding;
