/** Where an NSO core lives: what tells one from another with the same user and the same `-conffile`. */

/** Each undefined where it may not be read: another user's process, or a file capability. */
export interface CorePlace {
  /** The lines of /proc/PID/cgroup. */
  cgroups: string | undefined;
  /** "mnt:[4026531841]": a container's own. */
  mounts: string | undefined;
  /** Its working directory, as it sees it. */
  runDir: string | undefined;
}

/**
 * Whether a core that has come is at the place of one that has ended. A restarted service may get mounts of its own anew
 * (PrivateTmp), one that is started from a shell another cgroup, but not both. A path such as /etc/ncs/ncs.conf is in
 * every container (facts 2.12), so it is no identity. What may not be read speaks against nothing.
 */
export function isSamePlace(before: CorePlace, now: CorePlace): boolean {
  const isSame = (key: keyof CorePlace) =>
    before[key] === undefined || now[key] === undefined || before[key] === now[key];
  return (isSame("cgroups") || isSame("mounts")) && isSame("runDir");
}
