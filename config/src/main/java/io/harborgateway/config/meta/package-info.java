/** What a record component says about its configuration key. */
package io.harborgateway.config.meta;
