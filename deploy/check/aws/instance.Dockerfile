# Stands for a fresh instance of Debian 13: systemd as process 1, authorities as its machine image has them, nothing of ours.
ARG BASE=debian:trixie-slim
FROM ${BASE}
RUN apt-get update -qq \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ca-certificates systemd systemd-sysv dbus iproute2 procps >/dev/null \
  && rm -rf /var/lib/apt/lists/* /lib/systemd/system/multi-user.target.wants/* /etc/systemd/system/*.wants/* \
  && systemctl set-default multi-user.target
STOPSIGNAL SIGRTMIN+3
CMD ["/lib/systemd/systemd"]
