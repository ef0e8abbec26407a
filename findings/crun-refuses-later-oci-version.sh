#!/bin/sh
# crun 1.8.1 (Debian 12) refuses a bundle whose "ociVersion" is 1.2.0 with "unknown version specified", though nothing in the
# bundle needs that version. The runtime specification counts by SemVer, by which a minor version only adds. Whoever writes
# bundles for whatever crun is installed has to claim 1.1 or less.
#
# Seen: crun 1.8.1-1+deb12u1 with libyajl2 2.1.0-3+deb12u2.
#   ociVersion 1.1.0: read; what fails then is the machine's control groups or the root file system that the bundle lacks
#   ociVersion 1.2.0: "unknown version specified", exit code 1
#
# Fails if either changes. Needs apt-get and dpkg-deb; installs nothing.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq crun=1.8.1-1+deb12u1 libyajl2=2.1.0-3+deb12u2 2>/dev/null
for package in ./*.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name 'libyajl.so.2' | head -n 1)")
export LD_LIBRARY_PATH
crun=$work/root/usr/bin/crun

mkdir bundle
(cd bundle && "$crun" spec)

# Returns what crun says of the bundle as one of `version`. Without a root file system nothing is ever started.
answer() {
  sed -i "s/\"ociVersion\": \"[^\"]*\"/\"ociVersion\": \"$1\"/" bundle/config.json
  "$crun" --root "$work/state" run --bundle bundle probe 2>&1 || true
}

for version in 1.0.2 1.1.0 1.2.0; do
  printf '%s: %s\n' "$version" "$(answer "$version" | head -n 1)"
done

answer 1.1.0 | grep -q 'unknown version specified' && {
  echo 'crun refuses 1.1.0 as well' >&2
  exit 1
}
answer 1.2.0 | grep -q 'unknown version specified' || {
  echo 'crun accepts 1.2.0 now' >&2
  exit 1
}
echo 'as seen'
