package io.harborgateway.config.meta;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The schemes that a URI may have, and whether it must be exactly scheme, host and port. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Schemes {
  String[] value();

  /** Scheme, host and port only: no path, no query. */
  boolean hostAndPort() default false;
}
