#!/usr/bin/env bash
# Installs what the tests stand NSO in with, where it is missing: a BEAM, a JVM, Python, a compiler, a browser, tools.
# Quiet and idempotent. Ends with 0 even where a part cannot be had: the tests that need it skip and say why.
set -uo pipefail

# What `command -v` looks for, and the Debian package that brings it.
parts=(
  erl:erlang-base
  erlc:erlang-base
  java:default-jdk-headless
  javac:default-jdk-headless
  python3:python3
  gcc:gcc
  shellcheck:shellcheck
  strace:strace
  tmux:tmux
  setcap:libcap2-bin
  chromium:chromium
  qemu-system-x86_64:qemu-system-x86
  mmdebstrap:mmdebstrap
  mke2fs:e2fsprogs
  rpmbuild:rpm
  zstd:zstd
  qemu-aarch64:qemu-user
  gcc-12:gcc-12
  aarch64-linux-gnu-gcc-12:gcc-12-aarch64-linux-gnu
  zsh:zsh
  fish:fish
  man:man-db
  groff:groff
)

main() {
  local packages=()
  missing_packages
  ((${#packages[@]})) || return 0
  if ! command -v apt-get >/dev/null; then
    echo "lab: missing: ${packages[*]} (Debian's names; no apt-get here). The tests that need them will skip." >&2
  elif ((EUID != 0)); then
    echo "lab: missing, as root: apt-get install ${packages[*]}. The tests that need them will skip." >&2
  else
    install
    missing_packages
    ((${#packages[@]} == 0)) ||
      echo "lab: could not be installed: ${packages[*]}. The tests that need them will skip." >&2
  fi
}

# Sets `packages` of the caller.
missing_packages() {
  packages=()
  local part
  for part in "${parts[@]}"; do
    command -v "${part%%:*}" >/dev/null && continue
    [[ " ${packages[*]} " == *" ${part#*:} "* ]] || packages+=("${part#*:}")
  done
  # What the binaries for other hosts are run with.
  [[ -e /lib/ld-musl-x86_64.so.1 ]] || packages+=(musl)
  [[ -e /usr/lib/gcc/x86_64-linux-gnu/12/libstdc++.a ]] || packages+=(libstdc++-12-dev)
  [[ -e /usr/aarch64-linux-gnu/lib/libc.so.6 ]] || packages+=(libc6-arm64-cross)
  [[ -e /usr/lib/gcc-cross/aarch64-linux-gnu/12/libstdc++.a ]] || packages+=(libstdc++-12-dev-arm64-cross)
  # A compiler alone does not compile: it needs the C library's headers.
  [[ -e /usr/include/stdio.h ]] || packages+=(libc6-dev)
  [[ -e /usr/share/bash-completion/bash_completion ]] || packages+=(bash-completion)
}

# Together first; one by one where one of them spoils it for the others.
install() {
  echo "lab: installing ${packages[*]} with apt-get"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null || echo "lab: apt-get update failed" >&2
  local options=(install -y -qq --no-install-recommends) package
  apt-get "${options[@]}" "${packages[@]}" >/dev/null && return
  for package in "${packages[@]}"; do
    apt-get "${options[@]}" "$package" >/dev/null || echo "lab: apt-get install $package failed" >&2
  done
}

main
