/** Annotations with which a record component describes its configuration key. */
package io.harborgateway.config.meta;
