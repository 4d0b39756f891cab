package io.jethproxy.fleet;

/** The order in which providers are asked: a later tier only when no earlier one is ready. */
public enum Tier {
  PRIMARY,
  SECONDARY,
  BACKUP
}
