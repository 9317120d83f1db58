/** Where NSO is kept. Source: facts 3.7. */

/** Of a system install. */
export const nsoDir = "/opt/ncs/current";

export const coreExecutable = `${nsoDir}/lib/ncs/erts/bin/ncs.smp`;

const confDir = "/etc/ncs";

export const confFile = `${confDir}/ncs.conf`;

/** Installation, configuration and run directories of a system install and of NSO's container: whoever owns one runs NSO. */
export const nsoDirectories = ["/var/opt/ncs", nsoDir, confDir, "/nso/run"];
