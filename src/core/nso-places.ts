/** Where a system install keeps NSO. Source: facts 3.7. */

export const nsoDir = "/opt/ncs/current";

export const coreExecutable = `${nsoDir}/lib/ncs/erts/bin/ncs.smp`;

export const confFile = "/etc/ncs/ncs.conf";
