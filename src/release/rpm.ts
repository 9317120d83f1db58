/** A package for rpm, made by rpmbuild. */

import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unitName } from "../service/unit.ts";
import { configurationFile } from "./package-tree.ts";
import { run } from "./run.ts";
import { rpmScripts } from "./scripts.ts";

export interface RpmOptions {
  root: string;
  outfile: string;
  version: string;
  architecture: string;
  epochSeconds: number;
  changelog: string;
}

export function makeRpm({ root, outfile, version, architecture, epochSeconds, changelog }: RpmOptions): void {
  const work = mkdtempSync(join(tmpdir(), "nsomem-rpm-"));
  try {
    const spec = join(work, "nsomem.spec");
    writeFileSync(spec, specOf(version, changelog));
    const definitions = Object.entries({
      _topdir: work,
      _rpmdir: work,
      _buildhost: "reproducible",
      use_source_date_epoch_as_buildtime: "1",
      clamp_mtime_to_source_date_epoch: "1",
      tree: root,
    }).flatMap(([name, value]) => ["--define", `${name} ${value}`]);
    run(["rpmbuild", "-bb", "--target", architecture, ...definitions, spec], {
      environment: { SOURCE_DATE_EPOCH: String(epochSeconds) },
    });
    const made = readdirSync(join(work, architecture))[0];
    if (made === undefined) throw new Error("rpmbuild made no package and did not say why");
    renameSync(join(work, architecture, made), outfile);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function specOf(version: string, changelog: string): string {
  return `# Nothing is compiled here, and nothing may be stripped: that would leave the bare runtime.
%global __os_install_post %{nil}
%global debug_package %{nil}
%global _build_id_links none
%global source_date_epoch_from_changelog 0
# As rpm of RHEL 8 and later reads it.
%global _binary_payload w9.zstdio

Name: nsomem
Version: ${version}
Release: 1
Summary: Memory rescue for Cisco NSO
License: MIT
AutoReqProv: no
Requires: glibc >= 2.17, bash >= 4.4

%description
Measures the memory of the host and of NSO, collects debug dumps at 90 %%, and at 95 %% makes NSO write its crash dump
before the kernel's OOM killer takes it.

%install
cp -a %{tree}/. %{buildroot}/

%post
${rpmScripts.post}

%preun
${rpmScripts.preun}

%postun
${rpmScripts.postun}

%files
%defattr(-,root,root)
/usr/bin/nsomem
/usr/lib/systemd/system/${unitName}
/usr/share/man/man1/nsomem.1.gz
/usr/share/bash-completion/completions/nsomem
/usr/share/zsh/site-functions/_nsomem
/usr/share/fish/vendor_completions.d/nsomem.fish
%doc /usr/share/doc/nsomem/nsomem.cdx.json
%license /usr/share/doc/nsomem/copyright
%dir %attr(0700,root,root) /etc/nsomem
%config(noreplace) %attr(0600,root,root) ${configurationFile}

%changelog
${changelog}`;
}
