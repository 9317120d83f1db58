#!/usr/bin/env bash
# image.sh DIR: makes DIR/vmlinuz, DIR/initrd and DIR/root.img: a Debian guest with its own kernel, systemd, a BEAM, a JRE
# and Python, out of Debian's packages alone. As root, in about a minute with 170 MB fetched. Needs mmdebstrap, mke2fs
# and a javac. Ends with 75 where the packages cannot be fetched.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
lab=$here/../lab
suite=bookworm
packages=(systemd systemd-sysv dbus procps util-linux kmod libcap2-bin erlang-base python3-minimal openjdk-17-jre-headless
  earlyoom systemd-oomd busybox-static)
# The way to the root disk; nothing else is loaded before systemd runs.
initrd_modules=(virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk)

main() {
  dir=$(mkdir -p "$1" && cd "$1" && pwd)
  root=$dir/root
  fetch_kernel || exit 75
  fetch_root || exit 75
  modules
  initrd
  stand_ins
  settle
  # With a journal: a scenario cuts the power.
  mke2fs -q -F -t ext4 -m 0 -J size=16 -E lazy_itable_init=1 -d "$root" "$dir/root.img" 4G
  rm -rf "$root" "$dir/kernel"
}

fetch_kernel() {
  local name
  name=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -1)
  [[ $name ]] || { echo "image.sh: apt knows no linux-image-cloud-amd64" >&2 && return 1; }
  (cd "$dir" && apt-get -qq -o APT::Sandbox::User=root download "$name") || return 1
  dpkg-deb -x "$dir"/linux-image-*.deb "$dir/kernel"
  rm "$dir"/linux-image-*.deb
  cp "$dir"/kernel/boot/vmlinuz-* "$dir/vmlinuz"
}

# The directory man1 is there for the JRE's alternatives; documentation is left out.
fetch_root() {
  local list
  list=$(IFS=, && echo "${packages[*]}")
  # shellcheck disable=SC2016 # $1 is the hook's own
  TMPDIR=$dir mmdebstrap --quiet --variant=minbase --include="$list" \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' --dpkgopt=force-unsafe-io \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --setup-hook='mkdir -p "$1/usr/share/man/man1"' \
    --format=dir "$suite" "$root"
}

# Only what a scenario loads: zram.
modules() {
  local from
  from=$(echo "$dir"/kernel/lib/modules/*)
  version=${from##*/}
  local to=$root/lib/modules/$version
  mkdir -p "$to/kernel"
  # Which compressors zram is linked with differs between kernels.
  (shopt -s nullglob && cd "$from/kernel" && cp --parents drivers/block/zram/zram.ko mm/zsmalloc.ko lib/842/*.ko \
    lib/lz4/*.ko crypto/lzo*.ko "$to/kernel/")
  cp "$from"/modules.order "$from"/modules.builtin* "$to/"
  chroot "$root" depmod "$version"
}

initrd() {
  local tree=$root/initrd name number=10
  mkdir -p "$tree"/{bin,proc,dev,root}
  cp "$root/bin/busybox" "$tree/bin/"
  install "$here/guest/initrd-init.sh" "$tree/init"
  for name in "${initrd_modules[@]}"; do
    find "$dir/kernel/lib/modules/$version" -name "$name.ko" -exec cp {} "$tree/$((number++))-$name.ko" \;
  done
  chroot "$root" sh -c 'cd /initrd && busybox find . | busybox cpio -o -H newc 2>/dev/null' | gzip -1 >"$dir/initrd"
  rm -rf "$tree"
}

# NSO's layout around the guest's own emulator, as test/lab/beam.ts makes it, with the lab's own stand-ins.
stand_ins() {
  local nso=$root/opt/ncs/current ncs=$root/opt/ncs/current/lib/ncs erts name
  erts=$(cd "$root" && echo usr/lib/erlang/erts-*)
  mkdir -p "$ncs"/{erts/bin,bin,lab} "$nso"/{bin,java/jar,src/ncs/pyapi/ncs_pyvm} "$root/var/opt/ncs/logs" "$root/etc/ncs"
  cp "$root/$erts/bin/beam.smp" "$ncs/erts/bin/ncs.smp"
  ln -s /usr/lib/erlang/lib "$ncs/lib"
  ln -s "/$erts/bin" "$ncs/otpbin"
  cp "$lab/lab_core.erl" "$here/guest/host_core.erl" "$root/tmp/"
  # shellcheck disable=SC2016
  chroot "$root" bash -c 'cd /opt/ncs/current/lib/ncs && erlc -o lab /tmp/lab_core.erl /tmp/host_core.erl &&
    erl -noshell -pa lab -eval "lab_core:make_boot(\"/usr/lib/erlang/bin/start_clean.boot\", \"bin/ncs.boot\", host_core), halt(0)."'
  install "$here/guest/ncs.sh" "$nso/bin/ncs"
  cp "$lab/startup.py" "$nso/src/ncs/pyapi/ncs_pyvm/"
  javac --release 17 -d "$nso/java/jar" "$lab/NcsJVMLauncher.java"
  chroot "$root" useradd --system --home-dir /var/opt/ncs --shell /bin/bash nso
  chroot "$root" chown -R nso:nso /var/opt/ncs
  echo '<ncs-config/>' >"$root/etc/ncs/ncs.conf"
  for name in earlyoom systemd-oomd; do chroot "$root" systemctl -q disable "$name"; done
}

# Quick to boot, quiet, and with the lab's service.
settle() {
  install "$here/guest/lab-init.sh" "$root/usr/local/sbin/lab-init"
  cp "$here"/guest/*.service "$root/etc/systemd/system/"
  : >"$root/usr/local/bin/nsomem" # what the binary is mounted on
  chroot "$root" systemctl -q enable lab.service
  lean_systemd
  chroot "$root" systemctl -q mask getty.target getty@.service serial-getty@.service apt-daily.timer \
    apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer dpkg-db-backup.timer epmd.socket \
    epmd.service systemd-timesyncd.service systemd-update-utmp-runlevel.service systemd-update-utmp.service \
    systemd-binfmt.service proc-sys-fs-binfmt_misc.automount
  mkdir -p "$root/etc/systemd/journald.conf.d"
  printf '[Journal]\nStorage=volatile\nRateLimitIntervalSec=0\n' >"$root/etc/systemd/journald.conf.d/lab.conf"
  echo guest >"$root/etc/hostname"
  : >"$root/etc/machine-id"
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/tmp/*
}

# Scenarios reload systemd often, and an emulated processor takes 1.4 s for it: for what Debian would have it load and
# generate, of which a scenario needs nothing but what is named here.
lean_systemd() {
  local system=$root/usr/lib/systemd/system
  rm "$root"/usr/lib/systemd/system-generators/*
  find "$system" "$root/etc/systemd/system" -path '*.wants/*' -type l ! -name 'lab.service' ! -name 'dbus.*' \
    ! -name 'systemd-journal*' ! -name 'systemd-tmpfiles-setup*.service' ! -name systemd-remount-fs.service -delete
  find "$system" -path '*.service.d/*' -delete
}

main "$@"
