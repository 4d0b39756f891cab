# The image of jeth-proxy: the gateway, the parts of a JVM that it uses, and glibc. No shell, no packages.
#
#   docker build -t jeth-proxy .                            # BuildKit, the default since Docker 23
#   docker build --target dist --output target/dist .       # the jar and its bill of materials, built in the same way
#
# Built and run on amd64. Nothing here is bound to it: on arm64, or emulated by `--platform linux/arm64`, it takes that
# one's JDK, libraries and native transport; this has not been tried.

# Anything with a JDK 25 and glibc. The image trusts the certificate authorities of this JDK.
ARG JDK_IMAGE=eclipse-temurin:25-jdk

# ---------------------------------------------------------------- the jar, the same for every architecture
FROM --platform=$BUILDPLATFORM ${JDK_IMAGE} AS build
WORKDIR /src
COPY .mvn .mvn
COPY mvnw pom.xml ./
COPY src/main src/main
RUN --mount=type=cache,target=/root/.m2 \
  ./mvnw -q -B -ntp -Psbom -Dmaven.test.skip=true -Dspotless.check.skip=true package

FROM scratch AS dist
COPY --from=build /src/target/jeth-proxy.jar /src/target/jeth-proxy.cdx.json /

# ---------------------------------------------------------------- the files of the image
FROM ${JDK_IMAGE} AS files
COPY deploy/image/collect.sh /
COPY --from=build /src/target/jeth-proxy.jar /src/target/jeth-proxy.cdx.json /dist/
RUN /collect.sh /root-of-image /dist/jeth-proxy.jar
COPY LICENSE deploy/image/java.args /root-of-image/app/

# ---------------------------------------------------------------- the image
FROM scratch
COPY --from=files /root-of-image /
# The start-up cache only fits the JVM, the flags and the very file that it was made with, so it is made here.
# The second line fails the build if the JVM would not use it.
RUN --network=none ["/opt/java/bin/java", "@/app/java.args", "-XX:AOTCacheOutput=/app/jeth-proxy.aot", "-jar", "/app/jeth-proxy.jar", "warm-up"]
RUN --network=none ["/opt/java/bin/java", "@/app/java.args", "-XX:AOTCache=/app/jeth-proxy.aot", "-XX:AOTMode=on", "-jar", "/app/jeth-proxy.jar", "--version"]

ENV LANG=C.UTF-8
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --start-interval=1s --retries=3 \
  CMD ["/opt/java/bin/java", "@/app/java.args", "-XX:AOTCache=/app/jeth-proxy.aot", "-Xlog:aot=off", "-Xlog:cds=off", "-jar", "/app/jeth-proxy.jar", "healthcheck"]
ENTRYPOINT ["/opt/java/bin/java", "@/app/java.args", "-XX:AOTCache=/app/jeth-proxy.aot", "-Xlog:aot=off", "-Xlog:cds=off", "-jar", "/app/jeth-proxy.jar"]
CMD ["serve"]

ARG VERSION=development
ARG REVISION=unknown
LABEL org.opencontainers.image.title="jeth-proxy" \
  org.opencontainers.image.description="The gateway between applications and Ethereum RPC providers" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"
