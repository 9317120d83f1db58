# shellcheck shell=bash
# title: huge pages reserved, swap file, zram
# guest: shared
# seconds: 300
# claim huge: huge pages that are reserved are no part of MemTotal: the percentage is of what is left
# claim swap-file: with a swap file in use the percentage is MemTotal less MemAvailable, of MemTotal
# claim zram: with zram in use it is, too

nso_start
agent_start --dry-run
core-say grow table 1000 600

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
available_under() { (($(meminfo MemAvailable) < $1 * 1024)); }
# swaps: what is not NSO's goes into swap, since NSO grows. NSO gives it back then: what is in swap stays there.
swaps() {
  grow_beside hog 500 700
  wait_for 80 available_under 600
  core-say grow table 1000 700
  wait_for 30 swapped
  core-say free
  wait_for 30 near_swapped
}

echo 150 >/proc/sys/vm/nr_hugepages
wait_for 30 near_and_not_naive
claim huge "$(beside); $(meminfo Hugetlb) KiB in huge pages, without a look at them $naive" wait_for 30 near_and_not_naive
echo 0 >/proc/sys/vm/nr_hugepages
core-say free

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
