package io.jethproxy.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a record's component as a key of the YAML file, and documents it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Key {

  /** What the key means, with its bounds, for {@code docs/config.md}. */
  String value();

  /** The environment variable that wins over the key; empty when there is none. */
  String env() default "";

  /** Whether the key must be there. */
  boolean required() default false;

  /** Whether a plain text in the place of the whole record means this key. */
  boolean shorthand() default false;
}
