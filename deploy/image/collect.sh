#!/bin/sh
# Lays out the root file system of the image in $1: the jar $2, a JVM of the modules it needs, glibc, who it runs as.
# Runs in the build, on the JDK's image; everything is taken from there, so it fits the architecture.
set -eu

root=$1 jar=$2
mkdir -p "$root/app" "$root/etc" "$root/opt" "$root/usr/lib" "$root/tmp"
chmod 1777 "$root/tmp"

# What the code refers to, without what libraries only use where it is there (beans, SQL dates), and with what is looked
# up by name: flight recordings, JVM metrics, signals. The training run of the image fails if one is missing.
modules=$(jdeps --list-deps --ignore-missing-deps --multi-release 25 "$jar" \
  | sed 's/^ *//; s/\/.*//' | grep -vx -e java.desktop -e java.sql | sort -u | paste -s -d , -)
jlink --add-modules "$modules,jdk.jfr,jdk.management,jdk.unsupported" \
  --no-header-files --no-man-pages --compress=zip-6 --output "$root/opt/java"

# Netty would unpack its library into /tmp and load it from there, which a container that cannot write does not allow.
case $(uname -m) in
  x86_64) native=libnetty_transport_native_epoll_x86_64.so ;;
  aarch64) native=libnetty_transport_native_epoll_aarch_64.so ;;
  *)
    echo "no native transport for $(uname -m) (expected: x86_64 or aarch64)" >&2
    exit 1
    ;;
esac
work=$(mktemp -d)
(cd "$work" && jar xf "$jar" "META-INF/native/$native")
cp "$work/META-INF/native/$native" "$root/usr/lib/"
rm -r "$work"

# The libraries of the system that all these need, at their own paths; the resolver's are opened by name.
libraries=$(
  find "$root/opt/java" "$root/usr/lib" -type f \( -name '*.so' -o -path '*/bin/*' \) -exec ldd {} + 2>/dev/null \
    | sed -n 's/.*\(=> \|^[[:space:]]*\)\(\/[^ ]*\) (0x.*/\2/p' | grep -v "^$root" | sort -u
)
libc=$(printf '%s\n' "$libraries" | grep '/libc\.so\.6$')
for library in $libraries "${libc%/*}"/libnss_files.so.2 "${libc%/*}"/libnss_dns.so.2 "${libc%/*}"/libresolv.so.2; do
  if [ -e "$library" ]; then
    mkdir -p "$root${library%/*}"
    cp -L "$library" "$root$library"
  fi
done

printf 'jeth:x:10001:10001::/:/nonexistent\n' >"$root/etc/passwd"
printf 'jeth:x:10001:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"

cp "$jar" "$root/app/jeth-proxy.jar"
cp "${jar%.jar}.cdx.json" "$root/app/"
