#!/usr/bin/env bash
# musl.sh ARCHITECTURE BINARY DIR: makes DIR a root with musl's loader and a libstdc++ for it, so that BINARY can run.
# ARCHITECTURE is x64 or arm64. Debian has no libstdc++ for musl: the objects of its own, which is made for glibc, that
# the binary asks for are linked anew, with the four functions of glibc that they call beside the C standard.
set -euo pipefail

main() {
  local architecture=$1 binary=$2 root=$3 compiler=gcc-12 library
  # Where the loader's own path file says: no variable is needed to find it.
  library=$root/usr/lib/x86_64-linux-musl
  [[ $architecture == arm64 ]] && compiler=aarch64-linux-gnu-gcc-12 library=$root/usr/lib/aarch64-linux-musl
  mkdir -p "$library"
  loader "$architecture" "$root"
  # The command's own substitutions would hide a failure.
  local wanted=() symbol
  while read -r symbol; do wanted+=("-Wl,-u,$symbol"); done < <(wanted_symbols "$binary")
  local crt_begin crt_end static unwinder builtins
  crt_begin=$("$compiler" -print-file-name=crtbeginS.o)
  crt_end=$("$compiler" -print-file-name=crtendS.o)
  static=$("$compiler" -print-file-name=libstdc++.a)
  unwinder=$("$compiler" -print-file-name=libgcc_eh.a)
  builtins=$("$compiler" -print-file-name=libgcc.a)
  glue >"$root/glue.c"
  "$compiler" -fPIC -shared -nostdlib -Wl,-soname,libstdc++.so.6 -o "$library/libstdc++.so.6" \
    "${wanted[@]}" "$crt_begin" "$root/glue.c" "$static" "$unwinder" "$builtins" "$crt_end"
}

# Those of C++ that the binary has undefined, or copies from the library (tables of classes, on arm64).
wanted_symbols() {
  nm -D "$1" | awk '{ print $NF }' | grep -E '^(_Z|__cxa_|__dynamic_cast$|__once_)'
}

# The package of the architecture, without installing it: apt with lists of its own for a foreign one.
loader() {
  local architecture=$1 root=$2 apt
  apt=$(mktemp -d)
  mkdir -p "$apt/lists/partial" "$apt/archives/partial"
  local options=(-qq -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt" -o Acquire::Languages=none
    -o APT::Sandbox::User=root)
  local debian=$architecture
  [[ $architecture == x64 ]] && debian=amd64
  options+=(-o APT::Architecture="$debian" -o APT::Architectures::="$debian")
  apt-get "${options[@]}" update
  (cd "$apt" && apt-get "${options[@]}" download "musl:$debian")
  dpkg-deb -x "$apt"/musl_*.deb "$root"
  rm -rf "$apt"
}

glue() {
  cat <<'C'
extern long getrandom(void *, unsigned long, unsigned);
extern unsigned long getauxval(unsigned long);
char __libc_single_threaded = 0;
int _dl_find_object(void *address, void *result) { return -1; }
unsigned arc4random(void) { unsigned value; getrandom(&value, sizeof value, 0); return value; }
unsigned long __getauxval(unsigned long type) { return getauxval(type); }
C
}

main "$@"
