/** What the packages do beside laying files down: shell scripts for dpkg and rpm, run by /bin/sh as root. */

import { unitName } from "../service/unit.ts";

/** Only where systemd runs: in a container or an image that is being made there is nothing to start. */
const underSystemd = "[ -d /run/systemd/system ] && command -v systemctl >/dev/null";

const evidenceStays =
  'echo "nsomem: what it recorded stays: /var/lib/nsomem (incidents, history) and /var/log/nsomem"';

/** See deb-postinst(5), deb-prerm(5), deb-postrm(5): the arguments say what is going on. */
export const debScripts = {
  postinst: script(`
# "configure" and the version that was there before, or nothing at the first time.
if [ "$1" = configure ] && ${underSystemd}; then
  systemctl daemon-reload
  if [ -z "$2" ]; then
    systemctl enable --now ${unitName}
  else
    # It finishes what it is at, and takes no more than 2 s; one that was stopped stays so.
    systemctl try-restart ${unitName}
  fi
fi`),
  prerm: script(`
# Not at an upgrade: the old agent watches until the new one takes over.
if [ "$1" = remove ] && ${underSystemd}; then
  systemctl disable --now ${unitName}
fi`),
  postrm: script(`
if ${underSystemd}; then
  systemctl daemon-reload
fi
case "$1" in
  remove | purge) ${evidenceStays} ;;
esac`),
} as const;

/** See rpm's scriptlets: $1 is how many versions of the package will be there in the end. */
export const rpmScripts = {
  post: `
if ${underSystemd}; then
  systemctl daemon-reload
  # Whether a new service is enabled is the distribution's and the administrator's to say (systemd.preset(5)).
  if [ "$1" -eq 1 ]; then systemctl preset ${unitName} || :; fi
fi
if [ "$1" -eq 1 ]; then echo 'nsomem: to watch NSO from now on: systemctl enable --now nsomem'; fi`.trim(),
  preun: `
if [ "$1" -eq 0 ] && ${underSystemd}; then
  systemctl disable --now ${unitName} || :
fi`.trim(),
  postun: `
if ${underSystemd}; then
  systemctl daemon-reload || :
  if [ "$1" -ge 1 ]; then systemctl try-restart ${unitName} || :; fi
fi
if [ "$1" -eq 0 ]; then ${evidenceStays}; fi`.trim(),
} as const;

function script(body: string): string {
  return `#!/bin/sh\nset -e\n${body.trim()}\n`;
}
