package io.jethproxy.config;

import io.jethproxy.fleet.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where lines of the log are shipped to, if anywhere. */
public record LokiConfig(
    @Key(
            value =
                "The URL of a Loki that gets the lines too: `https://…` or `http://…`, its base or the"
                    + " whole path of its push API (`/loki/api/v1/push`).",
            env = "LOKI_URL")
        Optional<Secret> url,
    @Key(value = "The user for basic authentication there.", env = "LOKI_USER")
        Optional<String> user,
    @Key(value = "The password, or token, of that user.", env = "LOKI_PASSWORD")
        Optional<Secret> password,
    @Key(
            value = "The tenant, sent as `X-Scope-OrgID`, where Loki has several.",
            env = "LOKI_TENANT")
        Optional<String> tenant,
    @Key(
            "Whether a line's key-values are sent as structured metadata besides; off for a Loki"
                + " before 3.0, or one that does not allow it.")
        boolean structuredMetadata) {

  static final LokiConfig DEFAULTS =
      new LokiConfig(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), true);

  private static final String PUSH = "/loki/api/v1/push";
  private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9!_.*'()-]{1,150}");
  private static final Pattern USER = Pattern.compile("[^\\p{Cntrl}:]{1,256}");
  private static final Pattern PASSWORD = Pattern.compile("[^\\p{Cntrl}]{1,4096}");

  public LokiConfig {
    url.flatMap(given -> ProviderUrl.complaint(given.reveal()))
        .ifPresent(complaint -> refuse("url", complaint));
    user.filter(given -> !USER.matcher(given).matches())
        .ifPresent(given ->
            refuse("user", Shown.text(given) + " (expected: at most 256 characters, no ':')"));
    password
        .filter(given -> !PASSWORD.matcher(given.reveal()).matches())
        .ifPresent(given -> refuse("password", "a text with control characters, or too long"));
    tenant
        .filter(given -> !TENANT.matcher(given).matches() || given.matches("\\.\\.?"))
        .ifPresent(given ->
            refuse("tenant", Shown.text(given) + " (expected: letters, digits, !-_.*'())"));
  }

  /** What only shows when all values are known. */
  void check() {
    if (url.isEmpty() && (user.isPresent() || password.isPresent() || tenant.isPresent())) {
      refuse("loki.url", "none (expected: one, as loki.user, password or tenant is set)");
    }
    if (user.isPresent() != password.isPresent()) {
      refuse(
          user.isPresent() ? "loki.password" : "loki.user",
          "none (expected: both user and password, or neither)");
    }
    if (user.isPresent() && url.map(given -> userInfo(given).isPresent()).orElse(false)) {
      refuse("loki.url", "has a user of its own (expected: there, or in loki.user)");
    }
  }

  /** The push API's URL, without a user. */
  public Optional<URI> push() {
    return url.map(LokiConfig::push);
  }

  /** The value of the header {@code Authorization}. */
  public Optional<Secret> authorization() {
    Optional<String> given =
        user.isPresent()
            ? password.map(word -> user.get() + ":" + word.reveal())
            : url.flatMap(LokiConfig::userInfo);
    return given.map(login ->
        new Secret(
            "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8))));
  }

  private static URI push(Secret url) {
    URI uri = URI.create(url.reveal());
    String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String authority = uri.getRawAuthority();
    String host = authority.substring(authority.lastIndexOf('@') + 1);
    return URI.create(
        uri.getScheme() + "://" + host + (path.endsWith("/push") ? path : path + PUSH) + query);
  }

  private static Optional<String> userInfo(Secret url) {
    return Optional.ofNullable(URI.create(url.reveal()).getUserInfo());
  }

  private static void refuse(String name, String complaint) {
    throw new IllegalArgumentException(name + ": " + complaint);
  }
}
