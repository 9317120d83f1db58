# shellcheck shell=bash
# title: huge pages reserved, swap file, zram
# guest: shared
# seconds: 300
# claim huge: huge pages that are reserved are no part of MemTotal: the percentage is of what is left
# claim swap-file: with a swap file in use the percentage is MemTotal less MemAvailable, of MemTotal
# claim zram: with zram in use it is, too

nso_start
agent_start --dry-run
core-say grow table 1000 200

# Within a point of what /proc/meminfo says at the same time.
near() {
  local limit used
  limit=$(($(meminfo MemTotal) - $(meminfo Hugetlb)))
  used=$((limit - $(meminfo MemAvailable)))
  expected=$((used * 1000 / limit))
  # The same without a look at huge pages.
  naive=$(((used + $(meminfo Hugetlb)) * 1000 / $(meminfo MemTotal)))
  seen=$(percent)
  seen=$(printf '%.0f' "${seen}e1")
  within "$expected"
}
within() { ((seen - $1 <= 10 && $1 - seen <= 10)); }
swapped() { (($(meminfo SwapTotal) - $(meminfo SwapFree) > 50000)); }
near_swapped() { near && swapped; }
near_and_not_naive() { near && not within "$naive"; }
beside() { echo "$expected per mille in meminfo, $seen in status; swapped $((($(meminfo SwapTotal) - $(meminfo SwapFree)) / 1024)) MiB"; }
# swaps: what another process holds goes into swap, as under pressure, which the emulator would take long to build up.
swaps() {
  grow_beside hog 500 150
  wait_for 30 holds 150
  echo 100M >"$hog/memory.reclaim"
  wait_for 30 near_swapped
}
hog=/sys/fs/cgroup/system.slice/hog.service
holds() { (($(<"$hog/memory.current") > $1 << 20)); }

echo 150 >/proc/sys/vm/nr_hugepages
wait_for 30 near_and_not_naive
claim huge "$(beside); $(meminfo Hugetlb) KiB in huge pages, without a look at them $naive" wait_for 30 near_and_not_naive
echo 0 >/proc/sys/vm/nr_hugepages

fallocate -l 400M /swapfile && chmod 600 /swapfile && mkswap -q /swapfile && swapon /swapfile
swaps
claim swap-file "$(beside)" wait_for 30 near_swapped
systemctl kill -s KILL hog && wait_for 30 not systemctl is-active hog
swapoff /swapfile

modprobe zram && echo 400M >/sys/block/zram0/disksize && mkswap -q /dev/zram0 && swapon /dev/zram0
swaps
claim zram "$(beside), $(cat /sys/block/zram0/mm_stat)" wait_for 30 near_swapped
systemctl kill -s KILL hog && wait_for 30 not systemctl is-active hog
swapoff /dev/zram0
